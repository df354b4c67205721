/** The application's say when a session is resumed with its token. */
import { expect, it } from 'vitest';
import { dial, open, serve, tokenOf } from './raw-client.js';

it('a session is resumed only if the application allows it; otherwise the client has to log in anew', async () => {
  const asked: unknown[] = [];
  const banned = new Set<string>();
  const server = await serve({
    verifyLogin: ({ clientId }) => !banned.has(clientId),
    verifyResume: (request) => {
      asked.push(request);
      return !banned.has(request.clientId);
    },
  });
  const st = tokenOf(await open(await dial(server.url), 'Tom', { tag: 'Web' }));
  expect(await open(await dial(server.url), 'Tom', { st, r: true })).toMatchObject({ op: 'opened' });
  expect(asked).toEqual([{ clientId: 'Tom', tag: 'Web' }]);
  banned.add('Tom');
  const socket = await dial(server.url);
  expect(await open(socket, 'Tom', { st, r: true })).toMatchObject({ errorMessage: { code: 4112 } });
  expect(await open(socket, 'Tom')).toMatchObject({ errorMessage: { code: 4102 } });
  banned.clear();
  expect(await open(socket, 'Tom', { st, r: true })).toMatchObject({ op: 'opened' });
});

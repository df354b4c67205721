/** The application's say when a session is resumed with its token. */
import { expect, it } from 'vitest';
import { text } from 'rx-realtime/codecs';
import { memoryStore } from 'rx-realtime/server';
import { wrapped } from './faulty-store.js';
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

it('the time in the answer is not before the last message of a chat room that a resumed session has missed', async () => {
  const inner = memoryStore();
  let missed = (): Promise<unknown> => Promise.resolve();
  const store = wrapped(inner, async (call, run) => {
    if (call === 'openSession') await missed();
    return run();
  });
  const server = await serve({ store });
  const { id } = await server.backEnd.create({ kind: 'room' });
  const tom = await dial(server.url);
  const st = tokenOf(await open(tom, 'Tom'));
  await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid: id, m: ['Tom'] } });
  tom.socket.terminate();
  await tom.closed;
  let at = 0;
  missed = async () => {
    // Its time is later than the one at which the session began to open.
    await expect.poll(() => Date.now()).toBeGreaterThan(asked);
    at = (await server.backEnd.send(id, { from: 'Jerry', body: text('missed') })).timestamp;
  };
  const again = await dial(server.url);
  const asked = Date.now();
  const answer = await open(again, 'Tom', { st, r: true });
  if (answer.cmd !== 'session' || answer.op !== 'opened') throw new Error('the session was not opened');
  expect(at).toBeGreaterThan(0);
  expect(answer.serverTs).toBeGreaterThanOrEqual(at);
  await server.backEnd.send(id, { from: 'Jerry', body: text('live') });
  expect(await again.push('direct')).toMatchObject({ directMessage: { cid: id } });
  expect(again.inbox.filter(({ cmd }) => cmd === 'direct')).toEqual([]);
});

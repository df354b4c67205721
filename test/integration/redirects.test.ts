/** No request of a client follows a redirect: it could take a token or a key to another server. */
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { firstValueFrom, map, type Observable } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';
import { createRealtime, file, upload, uploadTo, user } from 'rx-realtime';
import { world } from './world.js';

const { login, realtime } = world();

/** An HTTP server that answers with a redirect to another one, and what the other one has heard. */
const redirecting = async (status: number) => {
  const heard: (string | undefined)[] = [];
  const listen = async (answer: (request: IncomingMessage) => [number, Record<string, string>]): Promise<string> => {
    const http = createHttpServer((request, response) => {
      const [code, headers] = answer(request);
      request.resume();
      response.writeHead(code, headers).end('{}');
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      http.closeAllConnections();
      http.close();
    });
    return `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  };
  const other = await listen((request) => [heard.push(request.url) && 200, {}]);
  const url = await listen((request) => [status, { location: `${other}${request.url ?? ''}` }]);
  return { url, heard };
};

const thrownBy = (stream$: Observable<unknown>): Promise<unknown> =>
  firstValueFrom(stream$.pipe(map(() => 'a value'))).catch((error: unknown) => error);

it.each([301, 302, 303, 307, 308])('status %d is refused, and the error says that it is a redirect', async (status) => {
  const { url, heard } = await redirecting(status);
  const signed = realtime({ api: url, appKey: 'key' }).login(user({ sessionToken: 'secret' }));
  expect(String(await thrownBy(signed))).toMatch(/\/1\.1\/rtm\/sign redirects to http.*not followed/);

  const tom = await login('Tom', { upload: uploadTo(url) });
  const conversation = await firstValueFrom(tom.createConversation({ members: [] }));
  const sending = conversation.send(upload({ data: new Uint8Array([1]), name: 'a.txt' }, file));
  expect(String(await thrownBy(sending))).toMatch(/\/uploads\/a\.txt redirects to http.*not followed/);

  using routed = createRealtime({ appId: 'app', server: url });
  expect(String(await thrownBy(routed.login('Jerry')))).toMatch(/v1\/route\S* redirects to http.*not followed/);
  expect(heard).toEqual([]);
});

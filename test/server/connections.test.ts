/** Bounds of connections, and of the time for requests. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { RtmServer } from 'rx-realtime/server';
import { dial, serve } from './raw-client.js';

const connected = async ({ port }: RtmServer): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
};
/** Resolves when a socket has closed, with a reset or without. */
const gone = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', () => {
      resolve();
    });
  });
/** The first line of the answer to what is written. */
const answered = async (socket: Socket, lines: string): Promise<string> => {
  socket.write(`${lines}\r\n\r\n`);
  return (await readAll(socket)).split('\r\n', 1)[0] ?? '';
};
const GET = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close';
const ask = async (server: RtmServer, lines = GET): Promise<string> => answered(await connected(server), lines);

/** The status with which a handshake is refused, or nothing. */
const handshake = (url: string, forwardedFor?: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
    const socket = new WebSocket(url, 'lc.protobuf2.3', { headers });
    onTestFinished(() => {
      socket.terminate();
    });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode);
    });
    socket.once('open', () => {
      resolve(undefined);
    });
    socket.on('error', () => undefined);
  });

describe('connections', () => {
  it('are bounded in all: one more is told 503, and is taken when another has closed', async () => {
    const server = await serve({ limits: { connections: 2 } });
    const [client] = [await dial(server.url), await connected(server)];
    expect(await ask(server)).toContain('503');
    expect(await handshake(server.url)).toBe(503);
    client.socket.terminate();
    await expect.poll(() => ask(server)).toContain('404');
  });

  it('from one address are bounded, of WebSockets and HTTP together: one more is told 429', async () => {
    const server = await serve({ limits: { connectionsByAddress: 2 } });
    const [client] = [await dial(server.url), await connected(server)];
    expect(await ask(server)).toContain('429');
    expect(await handshake(server.url)).toBe(429);
    client.socket.terminate();
    await expect.poll(() => ask(server)).toContain('404');
  });

  it('of clients behind a trusted proxy are counted by their own addresses', async () => {
    const server = await serve({ trustedProxies: ['127.0.0.1'], limits: { connectionsByAddress: 2 } });
    for (const address of ['9.9.9.9', '9.9.9.9', '8.8.8.8', '8.8.8.8', '2001:db8::1', '2001:db8::2'])
      expect(await handshake(server.url, address)).toBe(undefined);
    expect(await handshake(server.url, '1.1.1.1, 9.9.9.9')).toBe(429);
    expect(await handshake(server.url, '2001:db8::3')).toBe(429);
    expect(await ask(server, `${GET}\r\nX-Forwarded-For: 9.9.9.9`)).toContain('429');
    expect(await ask(server, `${GET}\r\nX-Forwarded-For: 7.7.7.7`)).toContain('404');
  });

  it('of clients behind a proxy that is not trusted are counted together; once, the application is told', async () => {
    const errors: unknown[] = [];
    const server = await serve({ limits: { connectionsByAddress: 1 }, onError: (error) => errors.push(error) });
    await connected(server);
    for (const address of ['9.9.9.9', '8.8.8.8']) expect(await handshake(server.url, address)).toBe(429);
    expect(errors.map(String)).toEqual([expect.stringContaining('trustedProxies')]);
  });

  it('that are refused and say nothing are closed, at once if they are many', async () => {
    const server = await serve({ limits: { connections: 1 } });
    await connected(server);
    for (let number = 0; number < 100; number += 1) await connected(server);
    await gone(await connected(server));
  });
});

describe('a request', () => {
  it('that sends its header too slowly is ended', async () => {
    const server = await serve({ limits: { headerTimeout: 1 } });
    const socket = await connected(server);
    socket.write('GET / HTTP/1.1\r\nHost:');
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([
    ['/1.1/rtm/sign', 'X-LC-Id: app'],
    ['/1.2/rtm/conversations', 'X-LC-Id: app\r\nX-LC-Key: key,master'],
    ['/nothing', 'X-LC-Id: app'],
  ])('whose body comes too slowly is ended: %s', async (path, header) => {
    const errors: unknown[] = [];
    const server = await serve({
      appId: 'app',
      masterKey: 'key',
      authenticate: () => 'Tom',
      limits: { bodyTimeout: 50 },
      onError: (error) => errors.push(error),
    });
    const socket = await connected(server);
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${header}\r\nContent-Length: 100\r\n\r\n`);
    const trickle = setInterval(() => socket.write(' '), 10);
    onTestFinished(() => {
      clearInterval(trickle);
    });
    socket.resume();
    await gone(socket);
    expect(errors).toEqual([]);
  });

  it('is handled when the one before it on its connection has its answer; too many that wait end it', async () => {
    const waiting: (() => void)[] = [];
    const server = await serve({
      appId: 'app',
      authenticate: () =>
        new Promise((resolve) => {
          waiting.push(() => {
            resolve('Tom');
          });
        }),
    });
    const body = '{"session_token":"x"}';
    const request = `POST /1.1/rtm/sign HTTP/1.1\r\nHost: x\r\nX-LC-Id: app\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const socket = await connected(server);
    socket.write(request.repeat(3));
    const answers = readAll(socket);
    for (let count = 1; count <= 3; count += 1) {
      await expect.poll(() => waiting.length).toBe(count);
      // Another connection is not kept waiting.
      expect(await ask(server)).toContain('404');
      expect(waiting).toHaveLength(count);
      waiting.at(-1)?.();
    }
    socket.end();
    expect((await answers).match(/ 200 OK/g)).toHaveLength(3);
    const many = await connected(server);
    many.write(request.repeat(100));
    many.resume();
    await gone(many);
    expect(waiting.length).toBeLessThan(5);
  });

  it('whose answer is not taken is ended', async () => {
    const server = await serve({ masterKey: 'key', limits: { stallTimeout: 50 } });
    const attributes = { x: 'x'.repeat(16_000) };
    for (let n = 0; n < 1_000; n += 1) await server.backEnd.create({ attributes });
    const socket = await connected(server);
    socket.write(
      'GET /1.2/rtm/conversations?limit=1000 HTTP/1.1\r\nHost: x\r\nX-LC-Id: app\r\nX-LC-Key: key,master\r\n\r\n',
    );
    await once(socket, 'readable');
    await new Promise<void>((resolve) => {
      socket.on('error', () => undefined);
      // Nothing is read, so the end of the connection is seen by writing.
      const knock = setInterval(() => socket.write('x'), 10);
      socket.once('close', () => {
        clearInterval(knock);
        resolve();
      });
    });
  });
});

/** Each fault does what it says; a fault that did nothing would prove nothing. */
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { faultProxy, type FaultProxy } from './proxy.js';

let server: WebSocketServer;
let proxy: FaultProxy;
/** What the server has heard. */
let heard: string[];

beforeEach(async () => {
  heard = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      heard.push(data.toString());
      socket.send(`echo ${data.toString()}`);
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has a port');
  proxy = await faultProxy(address.port);
});
afterEach(async () => {
  await proxy.close();
  server.close();
});

const open = async (): Promise<WebSocket> => {
  const socket = new WebSocket(proxy.url);
  await once(socket, 'open');
  return socket;
};
const said = async (socket: WebSocket, words: string): Promise<string> => {
  const answer = once(socket, 'message');
  socket.send(words);
  return String((await answer)[0]);
};
const closed = async (socket: WebSocket): Promise<unknown> => (await once(socket, 'close'))[0];

describe('the proxy of the tests', () => {
  it('forwards everything without faults, also long frames', async () => {
    const socket = await open();
    expect(await said(socket, 'hello')).toBe('echo hello');
    const long = 'x'.repeat(100_000);
    expect(await said(socket, long)).toBe(`echo ${long}`);
    expect(proxy.connections()).toBe(1);
  });

  it('cuts both ends at the same time', async () => {
    const socket = await open();
    const [there] = server.clients;
    const gone = Promise.all([closed(socket), there === undefined ? undefined : once(there, 'close')]);
    proxy.inflict({ _tag: 'Cut' });
    expect((await gone)[0]).toBe(1006);
    expect(proxy.connections()).toBe(0);
  });

  it('cuts in the middle of the next frame', async () => {
    const socket = await open();
    socket.on('error', () => undefined);
    const messages: unknown[] = [];
    socket.on('message', (data) => messages.push(data));
    proxy.inflict({ _tag: 'CutInFrame' });
    socket.send('hello');
    expect(await closed(socket)).toBe(1006);
    expect(messages).toEqual([]);
    expect(heard).toEqual(['hello']);
  });

  it('drops answers, requests or both without closing the connection', async () => {
    for (const [fault, hears] of [
      [{ _tag: 'LoseAnswers' }, true],
      [{ _tag: 'LoseRequests' }, false],
      [{ _tag: 'HalfOpen' }, false],
    ] as const) {
      heard = [];
      const socket = await open();
      const messages: unknown[] = [];
      socket.on('message', (data) => messages.push(data));
      proxy.inflict(fault);
      socket.send('lost');
      // A sound connection that is made later carries what is said later: by then the other's would have come.
      const other = await open();
      await said(other, 'sound');
      expect(messages).toEqual([]);
      expect(heard).toEqual(hears ? ['lost', 'sound'] : ['sound']);
      expect(socket.readyState).toBe(WebSocket.OPEN);
      if (fault._tag === 'LoseRequests') {
        const pushed = once(socket, 'message');
        for (const each of server.clients) each.send('pushed');
        expect(String((await pushed)[0])).toBe('pushed');
      }
      proxy.inflict({ _tag: 'Cut' });
      await Promise.all([socket.readyState === WebSocket.CLOSED ? undefined : closed(socket)]);
    }
  });

  it('closes with a code', async () => {
    const socket = await open();
    const gone = closed(socket);
    proxy.inflict({ _tag: 'Close', code: 1012 });
    expect(await gone).toBe(1012);
  });

  it('delays frames and keeps their order', async () => {
    const socket = await open();
    const answers: string[] = [];
    proxy.inflict({ _tag: 'Delay', ms: 20 });
    const start = performance.now();
    socket.send('1');
    socket.send('2');
    await new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (answers.push(data.toString()) === 2) resolve();
      });
    });
    expect(answers).toEqual(['echo 1', 'echo 2']);
    expect(performance.now() - start).toBeGreaterThanOrEqual(38);
  });

  it('never reorders frames, whatever its delay and bandwidth are', async () => {
    const socket = await open();
    const expected = Array.from({ length: 400 }, (_, index) => `echo ${String(index)}`);
    const answers: string[] = [];
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (answers.push(data.toString()) === expected.length) resolve();
      });
    });
    for (let index = 0; index < expected.length; index += 1) {
      proxy.inflict({ _tag: 'Delay', ms: [7, 1, 4, 2][index % 4] ?? 1 });
      if (index % 50 === 0) proxy.inflict({ _tag: 'Throttle', bytesPerSecond: 30_000 + index * 200 });
      socket.send(String(index));
      if (index % 3 === 0) await setImmediate();
    }
    await all;
    expect(answers).toEqual(expected);
  });

  it('limits the bandwidth', async () => {
    const socket = await open();
    proxy.inflict({ _tag: 'Throttle', bytesPerSecond: 100_000 });
    const start = performance.now();
    await said(socket, 'x'.repeat(5_000));
    expect(performance.now() - start).toBeGreaterThanOrEqual(45);
  });
});

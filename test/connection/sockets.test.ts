import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { Subject, filter, firstValueFrom, lastValueFrom, take, toArray, type Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  createRealtime,
  exponential,
  type ConnectionState,
  type Fault,
  type Realtime,
  type RealtimeOptions,
} from 'rx-realtime';
import { createServer } from 'rx-realtime/server';
import { systemClock } from '../../src/clock.js';
import { dial, startingAt } from '../../src/connection/dial.js';
import { openSocket, type SocketEvent } from '../../src/connection/socket.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

/** A WebSocket server that takes any subprotocol. */
const listen = async (
  onSocket: (socket: WebSocket) => void = () => undefined,
): Promise<{ readonly url: string; readonly offered: string[] }> => {
  const offered: string[] = [];
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (protocols) => {
      offered.push(...protocols);
      return [...protocols][0] ?? false;
    },
  });
  server.on('connection', onSocket);
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(() => {
    for (const client of server.clients) client.terminate();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `ws://127.0.0.1:${portOf(server)}`, offered };
};

/** A port on which nobody listens. */
const closedPort = async (): Promise<string> => {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `ws://127.0.0.1:${portOf(server)}`;
  await new Promise((resolve) => server.close(resolve));
  return url;
};

const open = async (url: string, protocol = 'lc.protobuf2.3'): Promise<Observable<SocketEvent>> =>
  openSocket(WebSocket, url, protocol, systemClock);

const realtime = (options: Partial<RealtimeOptions>): Realtime => {
  const created = createRealtime({
    appId: 'app',
    server: '',
    backoff: exponential({ base: 10, cap: 10, jitter: false }),
    ...options,
  });
  closers.push(() => {
    created.close();
  });
  return created;
};

describe('a socket', () => {
  it('offers its subprotocol, opens, and emits how it was closed', async () => {
    const { url, offered } = await listen((socket) => {
      socket.close(4200, 'INTERNAL_ERROR');
    });
    const events = await lastValueFrom((await open(url)).pipe(toArray()));
    expect(events.map(({ _tag }) => _tag)).toEqual(['Opened', 'Lost']);
    expect(events[1]).toMatchObject({
      reason: { code: 4200, reason: expect.stringContaining('INTERNAL_ERROR') as string },
    });
    expect(offered).toEqual(['lc.protobuf2.3']);
  });

  it('emits Lost with the text of the platform if it can not be opened', async () => {
    const url = await closedPort();
    expect(await lastValueFrom((await open(url)).pipe(toArray()))).toMatchObject([
      { _tag: 'Lost', reason: { code: 1006, reason: expect.stringContaining('ECONNREFUSED') as string } },
    ]);
    const web = createHttpServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    closers.push(() => web.close());
    expect(await lastValueFrom(await open(`ws://127.0.0.1:${portOf(web)}`))).toMatchObject({
      _tag: 'Lost',
      reason: { reason: expect.stringContaining('200') as string },
    });
  });

  it('emits Lost if the implementation refuses the address', () => {
    const refusing = function () {
      throw new SyntaxError('bad address');
    } as unknown as Parameters<typeof openSocket>[0];
    const events: SocketEvent[] = [];
    openSocket(refusing, 'ws://x', 'p', systemClock).subscribe((event) => events.push(event));
    expect(events).toEqual([{ _tag: 'Lost', reason: { code: 1006, reason: 'ws://x: bad address' }, isRefused: true }]);
  });

  it('writes nothing while it is closing', async () => {
    const closed = new Subject<void>();
    const { url } = await listen((socket) => {
      socket.on('close', () => {
        closed.next();
      });
    });
    const gone = firstValueFrom(closed);
    const opened$ = (await open(url)).pipe(filter((event) => event._tag === 'Opened'));
    const wire = await new Promise<Extract<SocketEvent, { _tag: 'Opened' }>['wire']>((resolve) => {
      opened$.pipe(take(1)).subscribe(({ wire: opened }) => {
        resolve(opened);
      });
    });
    await gone;
    expect(() => {
      wire.send(new Uint8Array([1]));
    }).not.toThrow();
  });
});

describe('an attempt', () => {
  const dialling = async (urls: readonly string[], connectTimeout = 5_000) => {
    const reached: string[] = [];
    const Implementation = WebSocket;
    const socket$ = dial(urls, {
      open: (url) => openSocket(Implementation, url, 'p', systemClock),
      connectTimeout,
      clock: systemClock,
      reached: (url) => reached.push(url),
    });
    return { reached, socket$ };
  };

  it('tries the next address if one fails', async () => {
    const [dead, { url }] = [await closedPort(), await listen()];
    const { reached, socket$ } = await dialling([dead, url]);
    expect((await firstValueFrom(socket$))._tag).toBe('Opened');
    expect(reached).toEqual([url]);
  });

  it('tries the next address if one does not answer in time', async () => {
    const mute = createTcpServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    closers.push(() => mute.close());
    const { url } = await listen();
    const { socket$ } = await dialling([`ws://127.0.0.1:${portOf(mute)}`, url], 50);
    expect((await firstValueFrom(socket$))._tag).toBe('Opened');
  });

  it('emits Lost with the reasons of all addresses if none opens', async () => {
    const urls = [await closedPort(), await closedPort()];
    const { socket$ } = await dialling(urls);
    const lost = await lastValueFrom(socket$);
    for (const url of urls)
      expect(lost).toMatchObject({ _tag: 'Lost', reason: { reason: expect.stringContaining(url) as string } });
  });

  it('starts with a later address if the first ones have failed before', () => {
    expect(startingAt(['a', 'b', 'c'], 1)).toEqual(['b', 'c', 'a']);
    expect(startingAt(['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c']);
    expect(startingAt([], 3)).toEqual([]);
  });
});

describe('a realtime', () => {
  it('S3: fails over to the second address, and finds its server by the router', async () => {
    const server = await createServer({ port: 0 });
    closers.push(() => server.close());
    const dead = await closedPort();
    expect((await firstValueFrom(realtime({ server: [dead, server.url] }).login('Tom'))).id).toBe('Tom');
    expect((await firstValueFrom(realtime({ server: `http://127.0.0.1:${server.port}` }).login('Jerry'))).id).toBe(
      'Jerry',
    );
  });

  it('asks a router that can not be reached again and again, and reports it', async () => {
    const faults: Fault[] = [];
    const states: ConnectionState['_tag'][] = [];
    const waiting = realtime({ server: (await closedPort()).replace('ws', 'http') });
    waiting.faults$.subscribe((fault) => faults.push(fault));
    waiting.state$.subscribe(({ _tag }) => states.push(_tag));
    await expect(firstValueFrom(waiting.login('Tom'))).rejects.toMatchObject({
      _tag: 'ConnectionLost',
      message: expect.stringContaining('router') as string,
    });
    expect(faults).toMatchObject([{ _tag: 'Endpoints' }]);
    expect(states.slice(0, 3)).toEqual(['Idle', 'Connecting', 'Scheduled']);
  });

  it.each([
    [false, 'lc.protobuf2.3'],
    [true, 'lc.proto2base64.3'],
  ])('asks for the subprotocol of its frames, noBinary: %s', async (noBinary, name) => {
    const { url, offered } = await listen((socket) => {
      socket.close(4100);
    });
    await expect(firstValueFrom(realtime({ server: url, noBinary }).login('Tom'))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4100,
    });
    expect(offered).toEqual([name]);
  });

  it('S2: uses the WebSocket that it was given', async () => {
    const server = await createServer({ port: 0 });
    closers.push(() => server.close());
    const used: string[] = [];
    const Given = WebSocket;
    const webSocket = class extends Given {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        used.push(url);
      }
    };
    await firstValueFrom(realtime({ server: server.url, webSocket }).login('Tom'));
    expect(used).toEqual([`${server.url}/`]);
  });
});

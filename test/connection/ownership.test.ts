/** Every attempt owns its socket until it is closed, and every way in which a socket can't be had is told. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { Subject, filter, firstValueFrom, mergeMap, take, type Subscription } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createRealtime, exponential, type Realtime, type RealtimeOptions } from 'rx-realtime';
import { openSocket, type SocketEvent, type WebSocketConstructor } from '../../src/connection/socket.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Peer {
  readonly url: string;
  /** How many connections are open. */
  readonly open: () => number;
  /** How many there were. */
  readonly taken: () => number;
  /** Hot: emits when a connection has closed. */
  readonly closed$: Subject<void>;
}

/** A server of TCP that says `greet` to the first bytes, and nothing else. It closes nothing by itself. */
const peer = async (greet: (request: string, socket: Socket) => void = () => undefined): Promise<Peer> => {
  const sockets = new Set<Socket>();
  let taken = 0;
  const closed$ = new Subject<void>();
  const server = createTcpServer((socket) => {
    taken += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      greet(bytes.toString(), socket);
    });
    socket.resume();
    socket.on('close', () => {
      sockets.delete(socket);
      closed$.next();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${String(port)}`, open: () => sockets.size, taken: () => taken, closed$ };
};

/** Completes the handshake, and is dead from then on. */
const shakeHands = (request: string, socket: Socket): void => {
  const [, key = ''] = /sec-websocket-key: (\S+)/i.exec(request) ?? [];
  const [, protocol = ''] = /sec-websocket-protocol: (\S+)/i.exec(request) ?? [];
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      `Sec-WebSocket-Protocol: ${protocol}`,
      '\r\n',
    ].join('\r\n'),
  );
};

const realtime = (options: Partial<RealtimeOptions>): Realtime => {
  const created = createRealtime({
    appId: 'app',
    server: '',
    backoff: exponential({ base: 10, cap: 10, jitter: false }),
    grace: 0,
    ...options,
  });
  closers.push(() => {
    created.close();
  });
  return created;
};

const reaches = (connection: Realtime, tag: string, times = 1): Promise<unknown> =>
  firstValueFrom(
    connection.state$.pipe(
      filter(({ _tag }) => _tag === tag),
      take(times),
      mergeMap((state, index) => (index === times - 1 ? [state] : [])),
    ),
  );

/** Waits until all connections are closed. The time limit of a test is below the 30 s in which `ws` gives up. */
const allClosed = async ({ open, closed$ }: Peer): Promise<void> => {
  while (open() > 0) await firstValueFrom(closed$);
};

describe('a socket that nobody needs any more', () => {
  it('is closed if the host accepts it and never answers: one attempt has one socket', async () => {
    const mute = await peer();
    const waiting = realtime({ server: mute.url, connectTimeout: 30 });
    const lease = waiting.session('Tom').subscribe();
    await reaches(waiting, 'Scheduled', 4);
    lease.unsubscribe();
    await reaches(waiting, 'Idle');
    await allClosed(mute);
    expect(mute.taken()).toBeGreaterThan(3);
  });

  const ways: readonly ((waiting: Realtime, lease: Subscription) => void)[] = [
    (waiting) => waiting.close(),
    (waiting) => waiting.pause(),
    (_waiting, lease) => lease.unsubscribe(),
  ];

  it('is closed during its handshake: by close, pause, and the end of the last lease', async () => {
    for (const giveUp of ways) {
      const asked = new Subject<void>();
      const mute = await peer(() => asked.next());
      const waiting = realtime({ server: mute.url });
      const first = firstValueFrom(asked);
      const lease = waiting.session('Tom').subscribe();
      await first;
      giveUp(waiting, lease);
      await allClosed(mute);
    }
  });

  it('does not wait long for a dead peer: after close, pause, and the end of the last lease', async () => {
    const end = async (giveUp: (waiting: Realtime, lease: Subscription) => void): Promise<void> => {
      const dead = await peer(shakeHands);
      const waiting = realtime({ server: dead.url });
      const lease = waiting.session('Tom').subscribe();
      await reaches(waiting, 'Connected');
      giveUp(waiting, lease);
      await allClosed(dead);
    };
    await Promise.all(ways.map(end));
  });
});

describe('an error of the platform', () => {
  type Handlers = Pick<InstanceType<WebSocketConstructor>, 'onopen' | 'onerror' | 'onclose'>;
  /** A WebSocket that does only what the test makes it do. */
  const puppet = () => {
    const sockets: Handlers[] = [];
    class Puppet {
      binaryType = '';
      readyState = 0;
      onopen = null;
      onmessage = null;
      onerror = null;
      onclose = null;
      constructor() {
        sockets.push(this);
      }
      send(): void {}
      close(): void {}
    }
    const happen = (handler: keyof Handlers, event: object = {}): void => {
      const [socket] = sockets;
      (socket?.[handler] as ((event: object) => unknown) | null | undefined)?.(event);
    };
    const events: (SocketEvent | 'complete')[] = [];
    const timer = new Subject<void>();
    openSocket(Puppet, 'ws://x', 'p', { after: () => timer.pipe(take(1)) }).subscribe({
      next: (event) => events.push(event),
      complete: () => events.push('complete'),
    });
    return { events, happen, passPatience: () => timer.next() };
  };
  const lost = (code: number, reason: string): SocketEvent => ({ _tag: 'Lost', reason: { code, reason } });

  it.each([
    [{ message: 'refused' }, 'ws://x: refused'],
    [{ message: '', error: new Error('refused') }, 'ws://x: refused'],
    [{ error: new Error('refused') }, 'ws://x: refused'],
    [{}, 'ws://x could not be'],
  ])('before the socket is open is the end, with its reason: %o', (event, reason) => {
    const { events, happen } = puppet();
    happen('onerror', event);
    expect(events).toMatchObject([
      { _tag: 'Lost', reason: { code: 1006, reason: expect.stringContaining(reason) as string } },
      'complete',
    ]);
    happen('onclose', { code: 1006, reason: 'late' });
    happen('onopen');
    expect(events).toHaveLength(2);
  });

  it('of an open socket leaves the code to the close that follows', () => {
    const { events, happen, passPatience } = puppet();
    happen('onopen');
    happen('onerror', { message: 'Invalid frame' });
    happen('onclose', { code: 1002, reason: '' });
    passPatience();
    expect(events.slice(1)).toEqual([lost(1002, 'ws://x: Invalid frame'), 'complete']);
  });

  it('of an open socket is the end if no close follows', () => {
    const { events, happen, passPatience } = puppet();
    happen('onopen');
    happen('onerror', { message: 'reset' });
    expect(events).toHaveLength(1);
    passPatience();
    expect(events.slice(1)).toEqual([lost(1006, 'ws://x: reset'), 'complete']);
  });
});

describe('a platform without a WebSocket that works', () => {
  const throwing = function (url: string) {
    throw new SyntaxError(`bad address ${url}`);
  } as unknown as WebSocketConstructor;

  it('fails for good, and says so to every subscriber', async () => {
    const failing = realtime({ server: ['ws://a', 'ws://b'], webSocket: throwing });
    const error = {
      _tag: 'InvalidArgument',
      message: expect.stringMatching(/ws:\/\/a.*bad address.*ws:\/\/b.*bad address/) as string,
    };
    await expect(firstValueFrom(failing.session('Tom'))).rejects.toMatchObject(error);
    await expect(firstValueFrom(failing.login('Tom'))).rejects.toMatchObject(error);
    await expect(firstValueFrom(failing.probe())).rejects.toMatchObject(error);
    expect(await firstValueFrom(failing.state$)).toMatchObject({ _tag: 'Failed', error });
  });

  it('is not one that refuses only some of the addresses', async () => {
    const dead = await peer((_request, socket) => socket.destroy());
    const picky = class extends WebSocket {
      constructor(url: string, protocol: string) {
        if (url.includes('bad')) throw new SyntaxError('bad address');
        super(url, protocol);
      }
    };
    const waiting = realtime({ server: ['ws://bad', dead.url], webSocket: picky });
    waiting.session('Tom').subscribe();
    await reaches(waiting, 'Scheduled', 2);
  });
});

describe('a router that never answers', () => {
  it('is given up after the time limit of an address, with its connection', async () => {
    const mute = await peer();
    const closed = firstValueFrom(mute.closed$);
    const waiting = realtime({ server: mute.url.replace('ws', 'http'), connectTimeout: 30 });
    const fault = firstValueFrom(waiting.faults$);
    const lease = waiting.session('Tom').subscribe();
    expect(await fault).toMatchObject({
      _tag: 'Endpoints',
      error: { message: expect.stringContaining('did not answer within 30 ms') as string },
    });
    lease.unsubscribe();
    await closed;
  });

  it('keeps no request after close', async () => {
    const asked = new Subject<void>();
    const first = firstValueFrom(asked);
    const mute = await peer(() => asked.next());
    const waiting = realtime({ server: mute.url.replace('ws', 'http') });
    waiting.session('Tom').subscribe();
    await first;
    // The fetch of Node opens another connection right after, for requests to come; that one keeps no process alive.
    const closed = firstValueFrom(mute.closed$);
    waiting.close();
    await closed;
  });

  it('keeps none either if its answer has no end', async () => {
    const asked = new Subject<void>();
    const first = firstValueFrom(asked);
    const slow = await peer((_request, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
      asked.next();
    });
    const closed = firstValueFrom(slow.closed$);
    const waiting = realtime({ server: slow.url.replace('ws', 'http'), connectTimeout: 100 });
    const lease = waiting.session('Tom').subscribe();
    await first;
    await firstValueFrom(waiting.faults$);
    lease.unsubscribe();
    await closed;
  });
});

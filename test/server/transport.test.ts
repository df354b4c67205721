import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { encodeFrame, subprotocols, type ClientCommand } from 'rx-realtime/codecs';
import { memoryStore, type RtmServer } from 'rx-realtime/server';
import { dial, login, open, say, serve, start } from './raw-client.js';
import { statsNow } from './stats-now.js';

const ECHO: ClientCommand = { cmd: 'echo', i: 9 };

/** What the server answers to bytes that are not from a WebSocket client. The server must then close the socket. */
const exchange = async ({ port }: RtmServer, text: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
};

const upgrade = (subprotocol: string): string =>
  [
    'GET / HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...(subprotocol === '' ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
    '\r\n',
  ].join('\r\n');

describe('the handshake', () => {
  it.each(Object.values(subprotocols))('echoes $name', async (subprotocol) => {
    const server = await serve();
    expect((await dial(server.url, subprotocol)).socket.protocol).toBe(subprotocol.name);
  });

  it('selects the first subprotocol that it knows', async () => {
    const server = await serve();
    const socket = new WebSocket(server.url, ['lc.json.1', 'lc.proto2base64.3', 'lc.protobuf2.3']);
    await once(socket, 'open');
    expect(socket.protocol).toBe('lc.proto2base64.3');
  });

  it.each(['', 'lc.protobuf2.9', 'chat'])('is refused if it offers no known subprotocol: "%s"', async (name) => {
    const server = await serve();
    expect(await exchange(server, upgrade(name))).toMatch(/^HTTP\/1\.1 400 [^]*lc\.protobuf2\.3/);
    expect((await statsNow(server)).sockets).toBe(0);
  });
});

describe('frames', () => {
  it.each([
    { subprotocol: subprotocols.binary, kind: 'binary' },
    { subprotocol: subprotocols.base64, kind: 'text' },
  ] as const)(
    'of both kinds are accepted, and answered as $kind on $subprotocol.name',
    async ({ subprotocol, kind }) => {
      const server = await serve();
      const client = await dial(server.url, subprotocol);
      client.socket.send(encodeFrame(ECHO, subprotocols.binary));
      client.socket.send(encodeFrame(ECHO, subprotocols.base64));
      await client.settle();
      expect(client.inbox).toEqual([ECHO, ECHO]);
      expect([...client.kinds]).toEqual([kind]);
    },
  );

  it('of one socket are answered in their order, for all commands', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    const commands: ClientCommand[] = Array.from({ length: 50 }, (_, n) => {
      const i = 100 + n;
      if (n % 3 === 0) return { cmd: 'direct', i, directMessage: { cid, msg: String(n) } };
      return n % 3 === 1 ? { cmd: 'echo', i } : { cmd: 'logs', i, logsMessage: { cid } };
    });
    commands.forEach(tom.send);
    await tom.settle();
    expect(tom.inbox.map(({ i }) => i)).toEqual(commands.map(({ i }) => i));
  });

  it('that are not protobuf are answered with 4114, and the socket stays open', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    for (const noise of [Buffer.from([255, 255, 255]), 'this is not base64!', Buffer.alloc(0)]) {
      tom.socket.send(noise);
      expect(await tom.push('error')).toMatchObject({
        errorMessage: { code: 4114, reason: 'UNPARSEABLE_RAW_MESSAGE' },
      });
    }
    await tom.settle();
  });

  it.each([subprotocols.binary, subprotocols.base64])(
    'whose command lacks a field are answered with 4114 and their serial, over $name',
    async (subprotocol) => {
      const server = await serve();
      const tom = await dial(server.url, subprotocol);
      // A direct command with the serial 5 and an empty message: it has no conversation.
      const bytes = Buffer.from('08022805c20600', 'hex');
      tom.socket.send(subprotocol.encoding === 'binary' ? bytes : bytes.toString('base64'));
      await tom.settle();
      expect(tom.inbox).toMatchObject([
        { cmd: 'error', i: 5, errorMessage: { code: 4114, detail: expect.stringContaining('cid') } },
      ]);
    },
  );

  it.each([
    { name: 'a known command that the server does not serve', hex: '080a10502805', detail: 'room/join' },
    { name: 'a command with an unknown number', hex: '08632805', detail: '99' },
  ])('with $name are answered with an error that names it', async ({ hex, detail }) => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    tom.socket.send(Buffer.from(hex, 'hex'));
    await tom.settle();
    expect(tom.inbox).toMatchObject([
      { cmd: 'error', i: 5, errorMessage: { code: 4200, detail: expect.stringContaining(detail) } },
    ]);
  });

  it('without a serial (acknowledgements and read marks) get no answer when they are refused', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    tom.send({ cmd: 'ack', ackMessage: { cid: 'nowhere', fromts: 1, tots: 2 } });
    tom.send({ cmd: 'read', readMessage: { convs: [{ cid: 'nowhere', timestamp: 1 }] } });
    await tom.settle();
    expect(tom.inbox).toEqual([]);
  });

  it('are answered with 4200 if handling them fails, and the failure is reported', async () => {
    const errors: unknown[] = [];
    const broken = new Error('disk full');
    const server = await serve({
      store: { ...memoryStore(), append: () => Promise.reject(broken) },
      onError: (error) => errors.push(error),
    });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    expect(await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } })).toMatchObject({
      errorMessage: { code: 4200 },
    });
    expect(errors).toEqual([broken]);
  });
});

describe('limits of the transport', () => {
  it('a frame that is too long closes the socket with 4109', async () => {
    const server = await serve({ limits: { frameBytes: 1_000 } });
    const tom = await login(server, 'Tom');
    tom.socket.send(Buffer.alloc(1_001));
    expect(await tom.closed).toMatchObject({ code: 4109, reason: expect.stringContaining('1000') });
  });

  it('a frame of more than twice the limit is not read: 1009', async () => {
    const server = await serve({ limits: { frameBytes: 1_000 } });
    const tom = await login(server, 'Tom');
    tom.socket.send(Buffer.alloc(2_001));
    expect(await tom.closed).toMatchObject({ code: 1009 });
  });

  it('a socket without a login is closed with 4108', async () => {
    const server = await serve({ limits: { loginTimeout: 30 } });
    const stranger = await dial(server.url);
    expect(await stranger.closed).toMatchObject({ code: 4108 });
  });

  it('a silent socket is closed with 4107, and a socket with heartbeats is not', async () => {
    const server = await serve({ limits: { silenceTimeout: 150 } });
    const [quiet, lively] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const heart = setInterval(() => {
      lively.send(ECHO);
    }, 20);
    expect(await quiet.closed).toMatchObject({ code: 4107 });
    await lively.settle();
    clearInterval(heart);
    expect((await statsNow(server)).sessions).toBe(1);
  });

  it('the time limits may be longer than the longest timer', async () => {
    const server = await serve({ limits: { silenceTimeout: Infinity, loginTimeout: 2 ** 40 } });
    const tom = await dial(server.url);
    for (let round = 0; round < 20; round += 1) await tom.settle();
    expect((await statsNow(server)).sockets).toBe(1);
  });

  it('the time limits allow the heartbeat of published clients, every 180 s', async () => {
    const { defaultLimits } = await import('rx-realtime/server');
    expect(defaultLimits.silenceTimeout).toBeGreaterThan(2 * 180_000);
  });

  it('a client that does not read is closed with 1013 and goes offline at once; the others continue', async () => {
    const server = await serve({ limits: { bufferedBytes: 100_000 } });
    const [tom, slow] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    await slow.settle();
    slow.socket.pause();
    const isOnline = async (): Promise<boolean> => {
      for (let n = 0; n < 50; n += 1) await say(tom, cid, { msg: 'x'.repeat(5_000), transient: true });
      const answer = await tom.request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: ['Jerry'] } });
      return JSON.stringify(answer).includes('Jerry');
    };
    await expect.poll(isOnline).toBe(false);
    slow.socket.resume();
    expect(await slow.closed).toMatchObject({ code: 1013 });
    await tom.settle();
  });

  it('a client that sends faster than the store writes is slowed down, and loses nothing', async () => {
    const store = memoryStore();
    let waiting = 0;
    let most = 0;
    const server = await serve({
      store: {
        ...store,
        append: async (messages) => {
          waiting += 1;
          most = Math.max(most, waiting);
          const appended = await store.append(messages);
          waiting -= 1;
          return appended;
        },
      },
      limits: { queuedCommands: 10 },
    });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    for (let n = 0; n < 3_000; n += 1)
      tom.send({ cmd: 'direct', i: 1_000 + n, directMessage: { cid, msg: String(n) } });
    await tom.settle();
    expect(tom.inbox.filter(({ cmd }) => cmd === 'ack').map(({ i }) => i)).toEqual(
      Array.from({ length: 3_000 }, (_, n) => 1_000 + n),
    );
    expect(most).toBe(1);
  });
});

describe('HTTP on the same port', () => {
  const address = ({ port }: RtmServer, path: string): string => `http://127.0.0.1:${port}${path}`;

  it('answers the router lookup with the address that was called, for every origin', async () => {
    const server = await serve();
    const response = await fetch(address(server, '/v1/route?appId=app&secure=false&_t=1'));
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toEqual({ server: server.url, secondary: server.url, ttl: expect.any(Number) });
  });

  it('answers everything else with 404, in its format for errors', async () => {
    const server = await serve();
    const response = await fetch(address(server, '/1.1/classes/x'));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 1, error: expect.any(String) });
  });

  it.each(['GET // HTTP/1.1', 'GET http:// HTTP/1.1', 'OPTIONS * HTTP/1.1', 'GET /%zz?%% HTTP/1.1', 'nonsense'])(
    'survives "%s"',
    async (line) => {
      const server = await serve();
      const answer = await exchange(server, `${line}\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 (?:204|4\d\d) /);
      expect((await fetch(address(server, '/v1/route'))).status).toBe(200);
    },
  );

  it('survives clients that disconnect in the middle of a handshake', async () => {
    const server = await serve();
    for (const subprotocol of ['', 'lc.protobuf2.3']) {
      const socket = connect(server.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(upgrade(subprotocol));
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    await login(server, 'Tom');
    await expect.poll(async () => (await statsNow(server)).sockets).toBe(1);
  });
});

describe('the end of a server', () => {
  it('closes every socket with 1001, then the port and the store', async () => {
    let isClosed = false;
    const store = memoryStore();
    const close = async (): Promise<void> => {
      await store.close();
      isClosed = true;
    };
    const server = await serve({ store: { ...store, close } });
    const clients = [await login(server, 'Tom'), await dial(server.url)];
    await server.close();
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 1001 });
    expect(isClosed).toBe(true);
    await expect(dial(server.url)).rejects.toThrow('ECONNREFUSED');
  });

  /** A store that appends when the test allows it, and records what it has done. */
  const held = () => {
    const done: string[] = [];
    const store = memoryStore();
    let release: () => void = () => undefined;
    let appending: () => void = () => undefined;
    const isAppending = new Promise<void>((resolve) => {
      appending = resolve;
    });
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    return {
      done,
      isAppending,
      release: () => {
        release();
      },
      store: {
        ...store,
        append: async (messages: Parameters<typeof store.append>[0]) => {
          appending();
          await gate;
          done.push('appended');
          return store.append(messages);
        },
        close: async () => {
          done.push('closed');
          await store.close();
        },
      },
    };
  };

  it('carries out the commands of clients that have disconnected, and then closes the store', async () => {
    const { store, isAppending, release, done } = held();
    const server = await serve({ store });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    tom.send({ cmd: 'direct', i: 99, directMessage: { cid, msg: 'last words' } });
    await isAppending;
    tom.socket.terminate();
    while ((await statsNow(server)).sockets > 0) await setImmediate();
    const closed = server.close();
    // Enough turns to close too early.
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    release();
    await closed;
    expect(done).toEqual(['appended', 'closed']);
  });

  it('carries out and answers the commands that clients have sent', async () => {
    const { store, isAppending, release } = held();
    const server = await serve({ store });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    const said = say(tom, cid, { msg: 'last words' });
    await isAppending;
    const closed = server.close();
    release();
    const { id } = await said;
    await closed;
    expect(await store.history({ conversationId: cid, direction: 'old', limit: 1 })).toMatchObject([
      { id, msg: 'last words' },
    ]);
  });

  it('does not wait for clients that never answer', async () => {
    const server = await serve();
    const dead = await login(server, 'Tom');
    dead.socket.pause();
    await server.close();
    expect(await statsNow(server)).toMatchObject({ sockets: 0, sessions: 0 });
  });

  it('has no effect when it is requested again', async () => {
    const server = await serve();
    await Promise.all([server.close(), server.close()]);
    await server.close();
  });

  it('may begin with goaway, which asks every client to connect to another server', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    server.goaway();
    expect(await tom.push('goaway')).toEqual({ cmd: 'goaway' });
    await tom.settle();
  });

  it('a start on a port that is taken rejects', async () => {
    const server = await serve();
    await expect(serve({ port: server.port })).rejects.toThrow('EADDRINUSE');
  });

  it('a socket that closes leaves its queued commands, and the server carries them out', async () => {
    const server = await serve();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    for (let n = 0; n < 20; n += 1) tom.send({ cmd: 'direct', i: 100 + n, directMessage: { cid, msg: String(n) } });
    tom.socket.close();
    for (let n = 0; n < 20; n += 1)
      expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: String(n) } });
  });

  it('the statistics count sockets and sessions', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    await open(tom, 'Jerry');
    await dial(server.url);
    expect(await statsNow(server)).toMatchObject({ sockets: 2, sessions: 2 });
  });
});

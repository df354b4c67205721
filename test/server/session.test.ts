import { describe, expect, it } from 'vitest';
import { inProcessBus, memoryStore } from 'rx-realtime/server';
import { dial, login, open, serve, settable, start, say, tokenOf, type RawClient } from './raw-client.js';
import { statsNow } from './stats-now.js';

const error = (code: number) => ({ cmd: 'error', errorMessage: { code } });
const online = (client: RawClient, ids: readonly string[]) =>
  client.request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: [...ids] } });

describe('login', () => {
  it('is answered with the client id, the time, and a token with its lifetime', async () => {
    const clock = settable(5_000);
    const server = await serve({ clock, limits: { tokenTtl: 60 } });
    const tom = await dial(server.url);
    expect(await open(tom, 'Tom')).toEqual({
      cmd: 'session',
      op: 'opened',
      i: 1,
      peerId: 'Tom',
      serverTs: 5_000,
      sessionMessage: { st: expect.stringMatching(/^[\w-]{20,}$/), stTtl: 60 },
    });
  });

  it('is followed by one unread push, which never comes before the answer', async () => {
    const server = await serve();
    const tom = await dial(server.url);
    tom.send({ cmd: 'session', op: 'open', i: 7, peerId: 'Tom', sessionMessage: {} });
    await tom.settle();
    expect(tom.inbox.map((command) => [command.cmd, command.i])).toEqual([
      ['session', 7],
      ['unread', undefined],
    ]);
  });

  it('without a client id gets a new unique one', async () => {
    const server = await serve();
    const socket = await dial(server.url);
    const opened = await socket.request({ cmd: 'session', op: 'open', sessionMessage: {} });
    const again = await (await dial(server.url)).request({ cmd: 'session', op: 'open', sessionMessage: {} });
    expect(opened).toMatchObject({ op: 'opened', peerId: expect.stringMatching(/^.{10,64}$/) });
    expect(again.peerId).not.toBe(opened.peerId);
  });

  it.each(['', 'x'.repeat(65)])('is refused with 4103 for the client id "%s"', async (id) => {
    const server = await serve();
    const tom = await dial(server.url);
    expect(await open(tom, id)).toMatchObject(error(4103));
    expect(await open(tom, 'x'.repeat(64))).toMatchObject({ op: 'opened' });
  });

  it('to another application is refused with 4100', async () => {
    const server = await serve({ appId: 'other' });
    expect(await open(await dial(server.url), 'Tom')).toMatchObject(error(4100));
  });

  it('is refused with 4102 if the signature is not accepted; the check gets all signed values', async () => {
    const asked: unknown[] = [];
    const server = await serve({ verifyLogin: (request) => asked.push(request) > 1 });
    const tom = await dial(server.url);
    expect(await open(tom, 'Tom', { t: 1, n: 'nonce', s: 'wrong', tag: 'Web' })).toMatchObject(error(4102));
    expect(await open(tom, 'Tom')).toMatchObject({ op: 'opened' });
    const who = { appId: 'app', clientId: 'Tom' };
    expect(asked).toEqual([{ ...who, tag: 'Web', t: 1, n: 'nonce', s: 'wrong' }, who]);
  });

  it('is refused with 4200 if the check fails, and the failure is reported', async () => {
    const errors: unknown[] = [];
    const broken = new Error('the database is gone');
    const server = await serve({
      verifyLogin: () => Promise.reject(broken),
      onError: (failure) => errors.push(failure),
    });
    const tom = await dial(server.url);
    expect(await open(tom, 'Tom')).toMatchObject(error(4200));
    expect(errors).toEqual([broken]);
    await tom.settle();
  });

  it('that fails half way leaves no session online', async () => {
    const store = memoryStore();
    let isBroken = true;
    const server = await serve({
      store: {
        ...store,
        unread: (...args) => (isBroken ? Promise.reject(new Error('broken')) : store.unread(...args)),
      },
      onError: () => undefined,
    });
    const tom = await dial(server.url);
    expect(await open(tom, 'Tom')).toMatchObject(error(4200));
    isBroken = false;
    expect(await online(await login(server, 'Jerry'), ['Tom'])).toMatchObject({ sessionMessage: {} });
    expect((await statsNow(server)).sessions).toBe(1);
  });

  it('of a client whose socket closes meanwhile leaves no session online', async () => {
    let verified: (ok: boolean) => void = () => undefined;
    let wasAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      wasAsked = resolve;
    });
    const verifyLogin = ({ clientId }: { clientId: string }) =>
      clientId === 'Jerry' ||
      new Promise<boolean>((resolve) => {
        verified = resolve;
        wasAsked();
      });
    const bus = inProcessBus();
    let joined: () => void = () => undefined;
    const tomLeft = new Promise<void>((resolve) => {
      joined = resolve;
    });
    const server = await serve({
      verifyLogin,
      bus: {
        ...bus,
        subscribe: async (clientId, receive) => {
          const leave = await bus.subscribe(clientId, receive);
          return () => {
            leave();
            if (clientId === 'Tom') joined();
          };
        },
      },
    });
    const tom = await dial(server.url);
    tom.send({ cmd: 'session', op: 'open', i: 1, peerId: 'Tom', sessionMessage: {} });
    await asked;
    tom.socket.terminate();
    await expect.poll(async () => (await statsNow(server)).sockets).toBe(0);
    verified(true);
    await tomLeft;
    expect(await bus.online(['Tom'])).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString', '💙'])('accepts the client id %s like any other', async (id) => {
    const server = await serve();
    const odd = await login(server, id);
    const tom = await login(server, 'Tom');
    expect(await online(tom, [id, 'hasOwnProperty'])).toMatchObject({ sessionMessage: { onlineSessionPeerIds: [id] } });
    const cid = await start(tom, [id]);
    await say(tom, cid, { msg: 'hi' });
    expect(await odd.push('direct')).toMatchObject({ peerId: id, directMessage: { msg: 'hi' } });
  });
});

describe('several sessions on one socket', () => {
  it('share it: a command without a client id belongs to the session that was opened first', async () => {
    const server = await serve();
    const both = await login(server, 'Tom');
    await open(both, 'Jerry');
    const cid = await start(both, []);
    expect(await both.request({ cmd: 'logs', peerId: 'Jerry', logsMessage: { cid } })).toMatchObject({
      ...error(4312),
      peerId: 'Jerry',
    });
    expect(await both.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject({ cmd: 'logs' });
  });

  it('share it: after the first session has closed, such a command belongs to the next', async () => {
    const server = await serve();
    const both = await login(server, 'Tom');
    await open(both, 'Jerry');
    await both.request({ cmd: 'session', op: 'close', peerId: 'Tom' });
    const cid = await start(both, []);
    expect(await both.request({ cmd: 'logs', peerId: 'Jerry', logsMessage: { cid } })).toMatchObject({ cmd: 'logs' });
  });

  it('share it: each gets its own pushes, addressed to it', async () => {
    const server = await serve();
    const both = await login(server, 'Tom');
    await open(both, 'Jerry');
    const cid = await start(both, ['Jerry']);
    await say(both, cid, { msg: 'psst' });
    expect(await both.push('direct')).toMatchObject({ peerId: 'Jerry', service: 2 });
    await both.settle();
    expect(both.inbox.filter(({ cmd }) => cmd === 'direct')).toEqual([]);
  });

  it('are limited: one too many is refused with 4113, and the others continue', async () => {
    const server = await serve({ limits: { sessionsPerSocket: 2 } });
    const socket = await login(server, 'Tom');
    await open(socket, 'Jerry');
    expect(await open(socket, 'Spike')).toMatchObject(error(4113));
    expect(await open(socket, 'Jerry')).toMatchObject({ op: 'opened' });
  });
});

describe('a session that is resumed', () => {
  it('keeps its tag, by its token alone', async () => {
    const server = await serve();
    const before = await dial(server.url);
    const st = tokenOf(await open(before, 'Tom', { tag: 'Web' }));
    before.socket.terminate();
    const after = await dial(server.url);
    expect(await open(after, 'Tom', { r: true, st })).toMatchObject({ op: 'opened', sessionMessage: { st } });
    await login(server, 'Tom', { tag: 'Web' });
    expect(await after.push('session')).toMatchObject({ op: 'closed', peerId: 'Tom', sessionMessage: { code: 4111 } });
  });

  it('is not verified again', async () => {
    let asked = 0;
    const server = await serve({ verifyLogin: () => (asked += 1) > 0 });
    const st = tokenOf(await open(await dial(server.url), 'Tom'));
    await open(await dial(server.url), 'Tom', { r: true, st });
    expect(asked).toBe(1);
  });

  it('closes its old copy on a socket that broke unnoticed, and sends nothing to it', async () => {
    const server = await serve();
    const before = await dial(server.url);
    const st = tokenOf(await open(before, 'Tom'));
    const after = await dial(server.url);
    await open(after, 'Tom', { r: true, st });
    await after.request({ cmd: 'session', op: 'close' });
    expect(await online(await login(server, 'Jerry'), ['Tom'])).toMatchObject({ sessionMessage: {} });
    await before.settle();
    expect(before.inbox.map(({ cmd }) => cmd)).toEqual(['unread']);
  });

  it.each(['nonsense', ''])(
    'with the token "%s" is refused with an error 4112, and the client may then log in without a token',
    async (st) => {
      const server = await serve();
      const tom = await dial(server.url);
      expect(await open(tom, 'Tom', { r: true, st })).toMatchObject(error(4112));
      expect(await open(tom, 'Tom', { r: true })).toMatchObject({ op: 'opened' });
    },
  );

  it('with an expired token is refused with 4112', async () => {
    const clock = settable();
    const server = await serve({ clock, limits: { tokenTtl: 10 } });
    const st = tokenOf(await open(await dial(server.url), 'Tom'));
    clock.set(clock.now() + 10_000);
    expect(await open(await dial(server.url), 'Tom', { r: true, st })).toMatchObject(error(4112));
  });

  it('with a token of another client is refused with 4112', async () => {
    const server = await serve();
    const st = tokenOf(await open(await dial(server.url), 'Tom'));
    expect(await open(await dial(server.url), 'Jerry', { r: true, st })).toMatchObject(error(4112));
  });

  it('with the token of a session that has logged out is refused with 4112', async () => {
    const server = await serve();
    const tom = await dial(server.url);
    const st = tokenOf(await open(tom, 'Tom'));
    await tom.request({ cmd: 'session', op: 'close' });
    expect(await open(tom, 'Tom', { r: true, st })).toMatchObject(error(4112));
  });
});

describe('a session with a tag', () => {
  it('displaces a session with the same tag and notifies it; the other sessions on that socket continue', async () => {
    const server = await serve();
    const old = await login(server, 'Tom', { tag: 'Web' });
    await open(old, 'Jerry');
    await login(server, 'Tom', { tag: 'Web' });
    expect(await old.push('session')).toMatchObject({
      op: 'closed',
      sessionMessage: { code: 4111, reason: 'SESSION_CONFLICT' },
    });
    expect(await old.request({ cmd: 'session', op: 'query', peerId: 'Tom', sessionMessage: {} })).toMatchObject(
      error(4105),
    );
    expect(await old.request({ cmd: 'session', op: 'query', peerId: 'Jerry', sessionMessage: {} })).toMatchObject({
      op: 'query_result',
    });
  });

  it('that was displaced cannot be resumed: the answer is closed with 4111', async () => {
    const server = await serve();
    const old = await dial(server.url);
    const st = tokenOf(await open(old, 'Tom', { tag: 'Web' }));
    old.socket.terminate();
    const holder = await login(server, 'Tom', { tag: 'Web' });
    const back = await dial(server.url);
    expect(await open(back, 'Tom', { r: true, st })).toMatchObject({
      cmd: 'session',
      op: 'closed',
      sessionMessage: { code: 4111 },
    });
    await holder.settle();
    expect(holder.inbox).toEqual([]);
  });

  it('does not affect other tags, sessions without a tag, and other clients', async () => {
    const server = await serve();
    const others = [
      await login(server, 'Tom', { tag: 'Phone' }),
      await login(server, 'Tom'),
      await login(server, 'Jerry', { tag: 'Web' }),
    ];
    await login(server, 'Tom', { tag: 'Web' });
    for (const other of others) {
      await other.settle();
      expect(other.inbox).toEqual([]);
    }
  });
});

describe('the end of a session', () => {
  it('is answered with closed; then the client is offline and its commands are refused', async () => {
    const server = await serve();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    expect(await tom.request({ cmd: 'session', op: 'close' })).toMatchObject({ op: 'closed', peerId: 'Tom' });
    expect(await online(jerry, ['Tom'])).toMatchObject({ sessionMessage: {} });
    expect(await online(tom, ['Jerry'])).toMatchObject(error(4105));
  });

  it('by a kick is sent with code and reason to every session of the client, and ends its tokens', async () => {
    const server = await serve();
    const first = await dial(server.url);
    const st = tokenOf(await open(first, 'Tom'));
    const second = await login(server, 'Tom', { tag: 'Web' });
    const jerry = await login(server, 'Jerry');
    await server.kick('Tom', { code: 4_999, reason: 'go home' });
    for (const device of [first, second]) {
      expect(await device.push('session')).toMatchObject({
        op: 'closed',
        sessionMessage: { code: 4_999, reason: 'go home' },
      });
      await device.settle();
    }
    expect(await open(await dial(server.url), 'Tom', { r: true, st })).toMatchObject(error(4112));
    await jerry.settle();
    expect(jerry.inbox).toEqual([]);
  });

  it('by a kick has code 4115 by default', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    await server.kick('Tom');
    expect(await tom.push('session')).toMatchObject({ sessionMessage: { code: 4115, reason: 'KICKED_BY_APP' } });
  });

  it('comes when its socket ends', async () => {
    const server = await serve();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    tom.socket.terminate();
    await expect.poll(() => statsNow(server)).toMatchObject({ sockets: 1, sessions: 1 });
    expect(await online(jerry, ['Tom', 'Jerry'])).toMatchObject({
      sessionMessage: { onlineSessionPeerIds: ['Jerry'] },
    });
  });
});

describe('a token', () => {
  it('is renewed by a refresh, even after it has expired', async () => {
    const clock = settable();
    const server = await serve({ clock, limits: { tokenTtl: 10 } });
    const tom = await dial(server.url);
    const st = tokenOf(await open(tom, 'Tom'));
    clock.set(clock.now() + 20_000);
    await login(server, 'Jerry');
    expect(await tom.request({ cmd: 'session', op: 'refresh', sessionMessage: { st } })).toMatchObject({
      op: 'refreshed',
      sessionMessage: { st, stTtl: 10 },
    });
    expect(await open(await dial(server.url), 'Tom', { r: true, st })).toMatchObject({ op: 'opened' });
  });

  it('of another session is not renewed: 4112', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const st = tokenOf(await open(await dial(server.url), 'Tom'));
    expect(await tom.request({ cmd: 'session', op: 'refresh', sessionMessage: { st } })).toMatchObject(error(4112));
  });
});

describe('an online query', () => {
  it('names the clients that have a session', async () => {
    const server = await serve();
    const [tom] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    expect(await online(tom, ['Spike', 'Jerry', 'Tom'])).toMatchObject({
      op: 'query_result',
      sessionMessage: { onlineSessionPeerIds: ['Jerry', 'Tom'] },
    });
  });

  it('takes up to 20 ids', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const ids = Array.from({ length: 21 }, (_, n) => `c${n}`);
    expect(await online(tom, ids.slice(1))).toMatchObject({ op: 'query_result' });
    expect(await online(tom, ids)).toMatchObject({ cmd: 'error' });
  });
});

describe('before the login', () => {
  it.each<Parameters<RawClient['request']>[0]>([
    { cmd: 'session', op: 'close' },
    { cmd: 'session', op: 'query', sessionMessage: {} },
    { cmd: 'session', op: 'refresh', sessionMessage: { st: '' } },
    { cmd: 'conv', op: 'start', convMessage: {} },
    { cmd: 'conv', op: 'query', convMessage: {} },
    { cmd: 'direct', directMessage: { cid: 'c' } },
    { cmd: 'logs', logsMessage: { cid: 'c' } },
  ])('$cmd $op is refused with 4105', async (command) => {
    const server = await serve();
    expect(await (await dial(server.url)).request(command)).toMatchObject({ ...error(4105), i: 1 });
  });

  it('the heartbeat is answered', async () => {
    const server = await serve();
    expect(await (await dial(server.url)).request({ cmd: 'echo' })).toEqual({ cmd: 'echo', i: 1 });
  });
});

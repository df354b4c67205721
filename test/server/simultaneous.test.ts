/** Two conflicting actions happen at the same instant: one of them wins, and both clients learn which. */
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { memoryStore, type RtmServer, type Store } from 'rx-realtime/server';
import { failingOnce, faulty } from './faulty-store.js';
import { dial, login, open, serve, start, tokenOf, type RawClient, type Received } from './raw-client.js';
import { statsNow } from './stats-now.js';

/** Pseudo-random numbers, the same for each seed. */
const numbersOf = (seed: number): (() => number) => {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  };
};

/** A store whose calls wait for some turns of the event loop, before and after their work. */
const slow = (store: Store, seed: number): Store => {
  const next = numbersOf(seed);
  const wait = async (): Promise<void> => {
    for (let turns = next() % 6; turns > 0; turns -= 1) await turn();
  };
  return new Proxy(store, {
    get: (target, key): unknown => {
      const call: unknown = Reflect.get(target, key);
      if (typeof call !== 'function') return call;
      return async (...args: unknown[]): Promise<unknown> => {
        await wait();
        const result: unknown = await Reflect.apply(call, target, args);
        await wait();
        return result;
      };
    },
  });
};

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed);

/** Runs the same test with a fast store, and with slow ones. */
const onEach = async (check: (server: RtmServer) => Promise<void>): Promise<void> => {
  await check(await serve());
  for (const seed of SEEDS) await check(await serve({ store: slow(memoryStore(), seed) }));
};

const isOpened = (answer: Received): boolean => answer.cmd === 'session' && answer.op === 'opened';

const wasClosed = (answer: Received, { inbox }: RawClient): boolean =>
  [answer, ...inbox].some((command) => command.cmd === 'session' && command.op === 'closed');

const closing = (answer: Received, { inbox }: RawClient): unknown =>
  [answer, ...inbox].find((command) => command.cmd === 'session' && command.op === 'closed');

/** Two clients act at once. Returns both answers, after everything has arrived. */
const both = async (
  one: () => Promise<Received>,
  other: () => Promise<Received>,
  clients: readonly RawClient[],
): Promise<readonly [Received, Received]> => {
  const answers = await Promise.all([one(), other()]);
  await Promise.all(clients.map((client) => client.settle()));
  return answers;
};

/** Whether a token is valid. This tries it, which takes the session away from its present socket. */
const isGood = async ({ url }: RtmServer, peerId: string, st: string): Promise<boolean> =>
  isOpened(await open(await dial(url), peerId, { r: true, st }));

describe('two logins at the same instant', () => {
  it('with one tag: one stays, and the other is notified that it was displaced', async () => {
    await onEach(async (server) => {
      const [one, other] = [await dial(server.url), await dial(server.url)];
      const answers = await both(
        () => open(one, 'Tom', { tag: 'Web' }),
        () => open(other, 'Tom', { tag: 'Web' }),
        [one, other],
      );
      const losers = [one, other].flatMap((client, index) => closing(answers[index] ?? { cmd: 'echo' }, client) ?? []);
      expect(losers).toMatchObject([{ op: 'closed', peerId: 'Tom', sessionMessage: { code: 4111 } }]);
      expect(await statsNow(server)).toMatchObject({ sessions: 1 });
    });
  });

  it('with one tag: the one that stays receives messages, and only its token is valid', async () => {
    await onEach(async (server) => {
      const jerry = await login(server, 'Jerry');
      const cid = await start(jerry, ['Tom']);
      const clients = [await dial(server.url), await dial(server.url)] as const;
      const answers = await both(
        () => open(clients[0], 'Tom', { tag: 'Web' }),
        () => open(clients[1], 'Tom', { tag: 'Web' }),
        clients,
      );
      const stays = wasClosed(answers[0], clients[0]) ? 1 : 0;
      await jerry.request({ cmd: 'direct', directMessage: { cid, msg: 'to Tom' } });
      await Promise.all(clients.map((client) => client.settle()));
      const heard = clients.map(({ inbox }) => inbox.filter(({ cmd }) => cmd === 'direct').length);
      expect(heard).toEqual(stays === 0 ? [1, 0] : [0, 1]);
      const [stayed, gone] = stays === 0 ? answers : [answers[1], answers[0]];
      if (isOpened(gone)) {
        const again = await open(await dial(server.url), 'Tom', { r: true, st: tokenOf(gone) });
        expect(again).toMatchObject({ op: 'closed', sessionMessage: { code: 4111 } });
      }
      expect(await isGood(server, 'Tom', tokenOf(stayed))).toBe(true);
    });
  });

  it('with the same token: one continues the session, and the other has no session', async () => {
    await onEach(async (server) => {
      const st = tokenOf(await open(await dial(server.url), 'Tom'));
      const clients = [await dial(server.url), await dial(server.url)] as const;
      await both(
        () => open(clients[0], 'Tom', { r: true, st }),
        () => open(clients[1], 'Tom', { r: true, st }),
        clients,
      );
      expect(await statsNow(server)).toMatchObject({ sessions: 1 });
      const jerry = await login(server, 'Jerry');
      const cid = await start(jerry, ['Tom']);
      await jerry.request({ cmd: 'direct', directMessage: { cid, msg: 'to Tom' } });
      await Promise.all(clients.map((client) => client.settle()));
      expect(clients.flatMap(({ inbox }) => inbox.filter(({ cmd }) => cmd === 'direct'))).toHaveLength(1);
      expect(await isGood(server, 'Tom', st)).toBe(true);
    });
  });

  it('without a tag, or with two: both stay', async () => {
    await onEach(async (server) => {
      const clients = [await dial(server.url), await dial(server.url), await dial(server.url)] as const;
      await Promise.all([
        open(clients[0], 'Tom'),
        open(clients[1], 'Tom', { tag: 'Web' }),
        open(clients[2], 'Tom', { tag: 'Mobile' }),
      ]);
      expect(await statsNow(server)).toMatchObject({ sessions: 3 });
    });
  });
});

describe('a session that is resumed while a login with its tag displaces it', () => {
  it('is closed with 4111, and stays displaced', async () => {
    await onEach(async (server) => {
      const before = await dial(server.url);
      const st = tokenOf(await open(before, 'Tom', { tag: 'Web' }));
      const [back, young] = [await dial(server.url), await dial(server.url)];
      const [answer, opened] = await both(
        () => open(back, 'Tom', { r: true, st, tag: 'Web' }),
        () => open(young, 'Tom', { tag: 'Web' }),
        [back, young],
      );
      expect(closing(answer, back)).toMatchObject({ sessionMessage: { code: 4111 } });
      expect(isOpened(opened)).toBe(true);
      expect(wasClosed(opened, young)).toBe(false);
      expect(await statsNow(server)).toMatchObject({ sessions: 1 });
      expect(await open(await dial(server.url), 'Tom', { r: true, st })).toMatchObject({
        op: 'closed',
        sessionMessage: { code: 4111 },
      });
    });
  });

  it('stays displaced even if it renews its token', async () => {
    await onEach(async (server) => {
      const [old, young] = [await dial(server.url), await dial(server.url)];
      const st = tokenOf(await open(old, 'Tom', { tag: 'Web' }));
      await both(
        () => old.request({ cmd: 'session', op: 'refresh', sessionMessage: { st } }),
        () => open(young, 'Tom', { tag: 'Web' }),
        [old, young],
      );
      expect(await open(await dial(server.url), 'Tom', { r: true, st })).toMatchObject({
        op: 'closed',
        sessionMessage: { code: 4111 },
      });
    });
  });
});

describe('a kick while its client', () => {
  /** A kicked client is offline and its token is invalid. Otherwise it is online and its token is valid. */
  const isConsistent = async (
    server: RtmServer,
    tom: RawClient,
    answer: Received,
    st: string | undefined,
  ): Promise<void> => {
    const isKicked = !isOpened(answer) || wasClosed(answer, tom);
    expect(await statsNow(server)).toMatchObject({ sessions: isKicked ? 0 : 1 });
    if (st !== undefined) expect(await isGood(server, 'Tom', st)).toBe(!isKicked);
  };

  it('logs in: it ends the session and its token, or comes before the login', async () => {
    await onEach(async (server) => {
      const tom = await dial(server.url);
      const [answer] = await Promise.all([open(tom, 'Tom'), server.kick('Tom')]);
      await tom.settle();
      await isConsistent(server, tom, answer, isOpened(answer) ? tokenOf(answer) : undefined);
    });
  });

  it('resumes its session: it ends the session and its token', async () => {
    await onEach(async (server) => {
      const st = tokenOf(await open(await dial(server.url), 'Tom'));
      const tom = await dial(server.url);
      const [answer] = await Promise.all([open(tom, 'Tom', { r: true, st }), server.kick('Tom')]);
      await tom.settle();
      expect(await statsNow(server)).toMatchObject({ sessions: 0 });
      expect(isOpened(answer) && !wasClosed(answer, tom)).toBe(false);
      expect(await isGood(server, 'Tom', st)).toBe(false);
    });
  });

  it('renews its token: it ends the token', async () => {
    await onEach(async (server) => {
      const tom = await dial(server.url);
      const st = tokenOf(await open(tom, 'Tom'));
      await Promise.all([tom.request({ cmd: 'session', op: 'refresh', sessionMessage: { st } }), server.kick('Tom')]);
      await tom.settle();
      expect(await isGood(server, 'Tom', st)).toBe(false);
    });
  });
});

describe('a kick', () => {
  const refreshing = (client: RawClient, st: string) => (): Promise<unknown> =>
    client.request({ cmd: 'session', op: 'refresh', sessionMessage: { st } });

  it('wins over whatever its client does meanwhile: no session is left, and no token', async () => {
    for (const seed of Array.from({ length: 40 }, (_, n) => n)) {
      const next = numbersOf(seed);
      const server = await serve({ store: slow(memoryStore(), seed) });
      const tom = await dial(server.url);
      const st = tokenOf(await open(tom, 'Tom'));
      const others = [await dial(server.url), await dial(server.url)];
      const possible: readonly (() => Promise<unknown>)[] = [
        refreshing(tom, st),
        refreshing(tom, st),
        () => tom.request({ cmd: 'session', op: 'close' }),
        ...others.map((other) => async () => {
          const answer = await open(other, 'Tom', { r: true, st });
          if (isOpened(answer)) await refreshing(other, st)();
        }),
      ];
      const chosen = possible.filter(() => next() % 2 === 0);
      const kickAt = next() % (chosen.length + 1);
      const all = [...chosen.slice(0, kickAt), () => server.kick('Tom'), ...chosen.slice(kickAt)];
      await Promise.all(
        all.map(async (act) => {
          for (let turns = next() % 8; turns > 0; turns -= 1) await turn();
          await act();
        }),
      );
      expect(await isGood(server, 'Tom', st), `seed ${seed}`).toBe(false);
      expect(await statsNow(server), `seed ${seed}`).toMatchObject({ sessions: 0 });
    }
  });

  it('refuses a login that was approved before it', async () => {
    let approve: ((yes: boolean) => void) | undefined;
    const server = await serve({ verifyLogin: () => new Promise<boolean>((resolve) => (approve = resolve)) });
    const tom = await dial(server.url);
    const answer = open(tom, 'Tom');
    await expect.poll(() => approve).toBeDefined();
    await server.kick('Tom', { reason: 'spam' });
    approve?.(true);
    expect(await answer).toMatchObject({ op: 'closed', sessionMessage: { code: 4115, reason: 'spam' } });
    expect(await statsNow(server)).toMatchObject({ sessions: 0 });
  });

  it.each(['before', 'after'] as const)('that the store has failed is done by a second one (%s)', async (fault) => {
    const { faultOf, fail } = failingOnce();
    const server = await serve({ store: faulty(memoryStore(), faultOf), onError: () => undefined });
    const tom = await dial(server.url);
    const st = tokenOf(await open(tom, 'Tom'));
    fail('forgetSessions', fault);
    await expect(server.kick('Tom')).rejects.toThrow('forgetSessions');
    await server.kick('Tom');
    expect((await tom.push('session')).op).toBe('closed');
    expect(await isGood(server, 'Tom', st)).toBe(false);
  });
});

describe('a logout', () => {
  it.each(['before', 'after'] as const)('that the store has failed is done by a second one (%s)', async (fault) => {
    const { faultOf, fail } = failingOnce();
    const server = await serve({ store: faulty(memoryStore(), faultOf), onError: () => undefined });
    const tom = await dial(server.url);
    const st = tokenOf(await open(tom, 'Tom'));
    fail('forgetSession', fault);
    expect(await tom.request({ cmd: 'session', op: 'close' })).toMatchObject({ errorMessage: { code: 4200 } });
    expect(await tom.request({ cmd: 'session', op: 'close' })).toMatchObject({ op: 'closed' });
    expect(await isGood(server, 'Tom', st)).toBe(false);
  });

  it('while another socket resumes the session: the token is valid only if that socket has the session', async () => {
    await onEach(async (server) => {
      const [old, young] = [await dial(server.url), await dial(server.url)];
      const st = tokenOf(await open(old, 'Tom'));
      const [, answer] = await both(
        () => old.request({ cmd: 'session', op: 'close' }),
        () => open(young, 'Tom', { r: true, st }),
        [young],
      );
      expect(await statsNow(server)).toMatchObject({ sessions: isOpened(answer) ? 1 : 0 });
      expect(await isGood(server, 'Tom', st)).toBe(isOpened(answer));
    });
  });
});

describe('a chat room', () => {
  /** Its creator is in it. He enters another one, and so leaves it. */
  const room = async (owner: RawClient): Promise<string> => {
    const id = await start(owner, [], { transient: true });
    await start(owner, [], { transient: true });
    return id;
  };
  const occupants = async (client: RawClient, cid: string): Promise<unknown> => {
    const answer = await client.request({ cmd: 'conv', op: 'count', convMessage: { cid } });
    return answer.cmd === 'conv' && answer.op === 'result' ? answer.convMessage.count : answer;
  };

  it('is entered by two sessions of a client at once: each receives each message once', async () => {
    await onEach(async (server) => {
      const jerry = await login(server, 'Jerry');
      const cid = await room(jerry);
      const clients = [await login(server, 'Tom'), await login(server, 'Tom')] as const;
      const enter = (client: RawClient) => client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom'] } });
      await both(
        () => enter(clients[0]),
        () => enter(clients[1]),
        clients,
      );
      expect(await occupants(jerry, cid)).toBe(1);
      await jerry.request({ cmd: 'direct', directMessage: { cid, msg: randomBytes(4).toString('hex') } });
      await Promise.all(clients.map((client) => client.push('direct')));
      await Promise.all(clients.map((client) => client.settle()));
      expect(clients.flatMap(({ inbox }) => inbox.filter(({ cmd }) => cmd === 'direct'))).toEqual([]);
    });
  });

  it('is not entered by a client that is blocked while it comes back', async () => {
    await onEach(async (server) => {
      const jerry = await login(server, 'Jerry');
      const cid = await room(jerry);
      const tom = await dial(server.url);
      const st = tokenOf(await open(tom, 'Tom'));
      await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom'] } });
      const back = await dial(server.url);
      await both(
        () => open(back, 'Tom', { r: true, st }),
        () => jerry.request({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: ['Tom'] } }),
        [back, jerry],
      );
      expect(await occupants(jerry, cid)).toBe(0);
    });
  });
});

/** Attacks: the server refuses each attempt, and two other clients continue to talk without any effect. */
import { createHmac } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { either as E } from 'fp-ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeConversations, subprotocols } from 'rx-realtime/codecs';
import { memoryStore, type RtmServer, type ServerOptions, type SignedAction } from 'rx-realtime/server';
import {
  dial,
  login,
  open,
  page,
  say,
  serve,
  settable,
  start,
  tokenOf,
  type RawClient,
  type Received,
} from './raw-client.js';
import { statsNow } from './stats-now.js';

type Request = Parameters<RawClient['request']>[0];

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });
const codeOf = (answer: Received): number | string => (answer.cmd === 'error' ? answer.errorMessage.code : answer.cmd);
const attr = (json: string) => ({ attr: { data: json } });
const find = (where: string, rest: object = {}): Request => ({
  cmd: 'conv',
  op: 'query',
  convMessage: { where: { data: where }, ...rest },
});

/** The time limit for one exchange between the two talking clients, in ms. */
const SOON = 1_000;

/** Two clients that talk: during an attack they hear each other in order, quickly, and hear nothing else. */
const bystanders = async (server: RtmServer) => {
  const [nibbles, tyke] = [await login(server, 'Nibbles'), await login(server, 'Tyke')];
  const cid = await start(nibbles, ['Tyke']);
  await tyke.settle();
  tyke.inbox.length = 0;
  let said = 0;
  const exchange = async (): Promise<void> => {
    const before = performance.now();
    const msg = String((said += 1));
    await say(nibbles, cid, { msg });
    expect((await tyke.push('direct')).directMessage).toMatchObject({ msg });
    expect(performance.now() - before).toBeLessThan(SOON);
  };
  return async <T>(attack: () => Promise<T>): Promise<T> => {
    const attacked = attack();
    const attacking = { isOver: false };
    const over = (): void => {
      attacking.isOver = true;
    };
    void attacked.then(over, over);
    do await exchange();
    while (!attacking.isOver);
    const result = await attacked;
    await exchange();
    await Promise.all([nibbles.settle(), tyke.settle()]);
    expect([...nibbles.inbox, ...tyke.inbox]).toEqual([]);
    return result;
  };
};

/** A server with the two talking clients, and Spike, a stranger to all conversations. */
const world = async (options: ServerOptions = {}) => {
  const faults: unknown[] = [];
  const server = await serve({ onError: (fault) => faults.push(fault), ...options });
  const undisturbed = await bystanders(server);
  return { server, undisturbed, faults, spike: await login(server, 'Spike') };
};

describe('the conversation of another client', () => {
  const victim = async () => {
    const there = await world();
    const [tom, jerry] = [await login(there.server, 'Tom'), await login(there.server, 'Jerry')];
    const cid = await start(tom, ['Jerry'], attr('{"name":"ours","key":"secret"}'));
    const { id: mid } = await say(tom, cid, { msg: 'a secret', mentionPids: ['Jerry'] });
    for (const client of [tom, jerry]) {
      await client.settle();
      client.inbox.length = 0;
    }
    return { ...there, tom, jerry, cid, mid };
  };

  interface Try {
    readonly name: string;
    readonly code: number;
    readonly command: (cid: string, mid: string) => Request;
  }
  const tries: readonly Try[] = [
    { name: 'history', code: 4312, command: (cid) => ({ cmd: 'logs', logsMessage: { cid } }) },
    {
      name: 'history from a message',
      code: 4312,
      command: (cid, mid) => ({ cmd: 'logs', logsMessage: { cid, mid, t: 1, l: 1_000 } }),
    },
    { name: 'the count', code: 4317, command: (cid) => ({ cmd: 'conv', op: 'count', convMessage: { cid } }) },
    {
      name: 'receipts',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'max_read', convMessage: { cid, queryAllMembers: true } }),
    },
    {
      name: 'who is silenced',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'query_shutup', convMessage: { cid } }),
    },
    {
      name: 'who is blocked',
      code: 4317,
      command: (cid) => ({ cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cid } }),
    },
    { name: 'a message', code: 4401, command: (cid) => ({ cmd: 'direct', directMessage: { cid, msg: 'x' } }) },
    {
      name: 'a transient message',
      code: 4401,
      command: (cid) => ({ cmd: 'direct', directMessage: { cid, msg: 'x', transient: true } }),
    },
    { name: 'a will', code: 4401, command: (cid) => ({ cmd: 'direct', directMessage: { cid, msg: 'x', will: true } }) },
    {
      name: 'an edit',
      code: 4401,
      command: (cid, mid) => ({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, data: 'x' }] } }),
    },
    {
      name: 'a recall',
      code: 4401,
      command: (cid, mid) => ({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, recall: true }] } }),
    },
    { name: 'a read mark', code: 4401, command: (cid) => ({ cmd: 'read', readMessage: { cid } }) },
    {
      name: 'an acknowledgement',
      code: 4401,
      command: (cid) => ({ cmd: 'ack', ackMessage: { cid, fromts: 0, tots: 2 ** 50 } }),
    },
    {
      name: 'an update',
      code: 4309,
      command: (cid) => ({ cmd: 'conv', op: 'update', convMessage: { cid, ...attr('{"name":"mine"}') } }),
    },
    { name: 'mute', code: 4317, command: (cid) => ({ cmd: 'conv', op: 'mute', convMessage: { cid } }) },
    { name: 'unmute', code: 4317, command: (cid) => ({ cmd: 'conv', op: 'unmute', convMessage: { cid } }) },
    {
      name: 'adding others',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Butch'] } }),
    },
    {
      name: 'adding others and oneself',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike', 'Butch'] } }),
    },
    { name: 'adding nobody', code: 4317, command: (cid) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: [] } }) },
    {
      name: 'removing a member',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Jerry'] } }),
    },
    {
      name: 'removing oneself',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Spike'] } }),
    },
    {
      name: 'a role',
      code: 4317,
      command: (cid) => ({
        cmd: 'conv',
        op: 'member_info_update',
        convMessage: { cid, info: { pid: 'Spike', role: 'Owner' } },
      }),
    },
    {
      name: 'silencing',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: ['Tom'] } }),
    },
    {
      name: 'unsilencing',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'remove_shutup', convMessage: { cid, m: ['Tom'] } }),
    },
    {
      name: 'blocking',
      code: 4317,
      command: (cid) => ({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: ['Tom'] } }),
    },
    {
      name: 'unblocking',
      code: 4317,
      command: (cid) => ({ cmd: 'blacklist', op: 'unblock', blacklistMessage: { srcCid: cid, toPids: ['x'] } }),
    },
  ];

  it('refuses every command of a stranger, does not change, and sends nothing to its members', async () => {
    const { undisturbed, faults, tom, jerry, spike, cid, mid } = await victim();
    const before = await tom.request(find(`{"objectId":"${cid}"}`, { flag: 2 }));
    const codes = await undisturbed(async () => {
      const got: [string, number | string][] = [];
      for (const { name, command } of tries) got.push([name, codeOf(await spike.request(command(cid, mid)))]);
      return got;
    });
    expect(codes).toEqual(tries.map(({ name, code }) => [name, code]));
    expect(await tom.request(find(`{"objectId":"${cid}"}`, { flag: 2 }))).toEqual({
      ...before,
      i: expect.any(Number) as number,
    });
    expect(await page(tom, cid)).toEqual(['a secret']);
    for (const member of [tom, jerry]) {
      await member.settle();
      expect(member.inbox).toEqual([]);
    }
    expect(faults).toEqual([]);
  });

  it('shows in every query only that it exists', async () => {
    const { undisturbed, spike, cid } = await victim();
    const results = await undisturbed(async () => {
      const found: string[] = [];
      for (const where of [
        '{}',
        '{"m":"Tom"}',
        '{"c":"Tom"}',
        '{"name":"ours"}',
        '{"name":{"$regex":"o"}}',
        '{"key":{"$exists":true}}',
        `{"objectId":"${cid}","key":"secret"}`,
        `{"objectId":"${cid}","key":{"$regex":"^s"}}`,
        `{"objectId":"${cid}","m":"Tom"}`,
        `{"objectId":"${cid}","m":{"$size":2}}`,
        `{"objectId":"${cid}","mu":{"$ne":"Tom"},"lm":{"$exists":true}}`,
        `{"$or":[{"objectId":"${cid}"},{"key":"secret"}]}`,
        '{"objectId":{"$ne":"x"}}',
        '{"objectId":{"$regex":"."}}',
      ]) {
        const answer = await spike.request(find(where, { flag: 2, sort: 'key,-name' }));
        found.push(
          answer.cmd === 'conv' && answer.op === 'results' ? answer.convMessage.results.data : JSON.stringify(answer),
        );
      }
      return found;
    });
    expect(results.filter((data) => data !== '[]')).toEqual([]);
    const answer = await spike.request(find(`{"objectId":"${cid}"}`, { flag: 2 }));
    expect(JSON.stringify(answer)).not.toMatch(/secret|ours|Jerry/);
  });

  it('cannot be accessed in the name of a member on a socket without the login of that member', async () => {
    const { undisturbed, spike, cid, mid, tom } = await victim();
    const codes = await undisturbed(async () => {
      const got: (number | string)[] = [];
      for (const { command } of tries) got.push(codeOf(await spike.request({ ...command(cid, mid), peerId: 'Tom' })));
      got.push(codeOf(await spike.request({ cmd: 'session', op: 'close', peerId: 'Tom' })));
      return got;
    });
    expect(new Set(codes)).toEqual(new Set([4105]));
    await tom.settle();
    expect(tom.inbox).toEqual([]);
  });

  it('cannot be accessed with the token of another session', async () => {
    const { server, undisturbed, cid } = await victim();
    const st = tokenOf(await open(await dial(server.url), 'Spike'));
    const thief = await dial(server.url);
    await undisturbed(async () => {
      expect(await open(thief, 'Tom', { st, r: true })).toMatchObject(error(4112));
      for (const forged of ['', 'x', '__proto__', st.slice(1), `${st} `, st.toLowerCase(), st.toUpperCase()])
        expect(await open(thief, 'Tom', { st: forged, r: true })).toMatchObject(error(4112));
      expect(await thief.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject(error(4105));
    });
  });

  it('is closed to a former member', async () => {
    const { undisturbed, tom, spike, cid, mid } = await victim();
    await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike'] } });
    await page(spike, cid);
    await tom.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Spike'] } });
    await spike.settle();
    spike.inbox.length = 0;
    const codes = await undisturbed(async () => {
      const got: [string, number | string][] = [];
      for (const { name, command } of tries) got.push([name, codeOf(await spike.request(command(cid, mid)))]);
      return got;
    });
    expect(codes).toEqual(tries.map(({ name, code }) => [name, code]));
    await say(tom, cid, { msg: 'without him' });
    await spike.settle();
    expect(spike.inbox).toEqual([]);
  });
});

describe('signatures', () => {
  const KEY = 'the master key';
  const NOW = 1_700_000_000_000;
  const SIX_HOURS = 6 * 3_600_000;
  const signed: readonly SignedAction[] = ['login', 'create', 'add', 'join', 'remove', 'quit', 'block', 'unblock'];

  interface Signature {
    readonly t: number;
    readonly n: string;
    readonly s: string;
  }
  let nonces = 0;
  const sign = (
    parts: readonly string[],
    action?: string,
    { t = NOW, n = `n${(nonces += 1)}`, key = KEY } = {},
  ): Signature => ({
    t,
    n,
    s: createHmac('sha1', key)
      .update([...parts, t, n, ...(action === undefined ? [] : [action])].join(':'))
      .digest('hex'),
  });

  interface Action {
    readonly name: string;
    readonly code: number;
    readonly text: (cid: string, by: string) => readonly string[];
    readonly suffix?: string;
    readonly command: (cid: string, signature: Partial<Signature>) => Request;
  }
  const members = (cid: string, by: string): readonly string[] => ['app', by, cid, 'Butch:Jerry'];
  /** The actions of Tom, the creator, on a conversation with Jerry. The wire has the members in Tom's order. */
  const actions: readonly Action[] = [
    {
      name: 'create',
      code: 4302,
      text: (_, by) => ['app', by, ['Jerry', 'Butch', by].sort().join(':')],
      command: (_, signature) => ({ cmd: 'conv', op: 'start', convMessage: { m: ['Jerry', 'Butch'], ...signature } }),
    },
    {
      name: 'add',
      code: 4302,
      text: members,
      suffix: 'invite',
      command: (cid, signature) => ({
        cmd: 'conv',
        op: 'add',
        convMessage: { cid, m: ['Jerry', 'Butch'], ...signature },
      }),
    },
    {
      name: 'remove',
      code: 4302,
      text: members,
      suffix: 'kick',
      command: (cid, signature) => ({
        cmd: 'conv',
        op: 'remove',
        convMessage: { cid, m: ['Jerry', 'Butch'], ...signature },
      }),
    },
    {
      name: 'join',
      code: 4302,
      text: (cid, by) => ['app', by, cid, 'Tom'],
      suffix: 'invite',
      command: (cid, signature) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom'], ...signature } }),
    },
    {
      name: 'block',
      code: 4546,
      text: members,
      suffix: 'conversation-block-clients',
      command: (srcCid, signature) => ({
        cmd: 'blacklist',
        op: 'block',
        blacklistMessage: { srcCid, toPids: ['Jerry', 'Butch'], ...signature },
      }),
    },
    {
      name: 'unblock',
      code: 4546,
      text: members,
      suffix: 'conversation-unblock-clients',
      command: (srcCid, signature) => ({
        cmd: 'blacklist',
        op: 'unblock',
        blacklistMessage: { srcCid, toPids: ['Jerry', 'Butch'], ...signature },
      }),
    },
    {
      name: 'quit',
      code: 4302,
      text: (cid, by) => ['app', by, cid, 'Tom'],
      suffix: 'kick',
      command: (cid, signature) => ({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Tom'], ...signature } }),
    },
  ];
  const signatureOf = (
    { text, suffix }: Action,
    cid: string,
    how: { t?: number; n?: string; key?: string } = {},
    by = 'Tom',
  ): Signature => sign(text(cid, by), suffix, how);

  const enter = async (server: RtmServer, id: string): Promise<RawClient> => {
    const client = await dial(server.url);
    expect(await open(client, id, sign(['app', id, '']))).toMatchObject({ op: 'opened' });
    await client.push('unread');
    return client;
  };
  const startSigned = (client: RawClient, by: string, others: readonly string[]): Promise<string> =>
    start(client, others, sign(['app', by, [...new Set([by, ...others])].sort().join(':')]));

  /** A server on which every action has to be signed. */
  const strict = async () => {
    const server = await serve({ masterKey: KEY, signed, clock: settable(NOW) });
    const [nibbles, tyke, tom] = [
      await enter(server, 'Nibbles'),
      await enter(server, 'Tyke'),
      await enter(server, 'Tom'),
    ];
    const chat = await startSigned(nibbles, 'Nibbles', ['Tyke']);
    const cid = await startSigned(tom, 'Tom', ['Jerry']);
    await tyke.settle();
    tyke.inbox.length = 0;
    const unheard = async (): Promise<void> => {
      await say(nibbles, chat, { msg: 'still here' });
      expect((await tyke.push('direct')).directMessage).toMatchObject({ msg: 'still here' });
      await tyke.settle();
      expect(tyke.inbox).toEqual([]);
    };
    return { server, tom, cid, unheard };
  };

  it.each(actions)('of $name: forged, foreign, too old and too early ones are refused', async (action) => {
    const { tom, cid, unheard } = await strict();
    const { s } = signatureOf(action, cid);
    const seconds = NOW / 1_000;
    const bad: readonly (readonly [string, Partial<Signature>])[] = [
      ['none', {}],
      ['half of one', { n: 'x', s }],
      ['with another nonce', { ...signatureOf(action, cid), n: 'another' }],
      ['with another time', { ...signatureOf(action, cid), t: NOW + 1 }],
      ['by another key', signatureOf(action, cid, { key: 'guess' })],
      ['by no key', signatureOf(action, cid, { key: '' })],
      ['empty', { ...signatureOf(action, cid), s: '' }],
      ['in capitals', ((good) => ({ ...good, s: good.s.toUpperCase() }))(signatureOf(action, cid))],
      ['of another client', signatureOf(action, cid, {}, 'Spike')],
      ['of another application', sign(['other', ...action.text(cid, 'Tom').slice(1)], action.suffix)],
      ['of other members', sign([...action.text(cid, 'Tom').slice(0, -1), 'Spike'], action.suffix)],
      ['of a login', sign(['app', 'Tom', ''])],
      ['too old', signatureOf(action, cid, { t: NOW - SIX_HOURS - 1 })],
      ['too old, in seconds', signatureOf(action, cid, { t: seconds - SIX_HOURS / 1_000 - 1 })],
      ['too early', signatureOf(action, cid, { t: NOW + SIX_HOURS + 1 })],
      ['too early, in seconds', signatureOf(action, cid, { t: seconds + SIX_HOURS / 1_000 + 1 })],
      ['of 1970', signatureOf(action, cid, { t: 0 })],
      ['of before', signatureOf(action, cid, { t: -NOW })],
      ...(action.name === 'create' ? [] : [['of another conversation', signatureOf(action, 'f'.repeat(24))] as const]),
    ];
    const codes: [string, number | string][] = [];
    for (const [name, signature] of bad) codes.push([name, codeOf(await tom.request(action.command(cid, signature)))]);
    expect(codes).toEqual(bad.map(([name]) => [name, action.code]));
    await unheard();
  });

  it.each(actions)('of $name are valid once, with any outcome', async (action) => {
    const { tom, cid, unheard } = await strict();
    const good = signatureOf(action, cid);
    expect((await tom.request(action.command(cid, good))).cmd).not.toBe('error');
    expect(await tom.request(action.command(cid, good))).toMatchObject(error(action.code));
    expect(await tom.request(action.command(cid, signatureOf(action, cid, { t: NOW - 1, n: good.n })))).toMatchObject(
      error(action.code),
    );
    await unheard();
  });

  it('of one action are not valid for another', async () => {
    const { tom, cid, unheard } = await strict();
    const kindOf = (action: Action): string => [...action.text(cid, 'Tom'), action.suffix].join(':');
    const codes: [string, number | string][] = [];
    const expected: [string, number][] = [];
    for (const wanted of actions) {
      for (const other of actions.filter((action) => kindOf(action) !== kindOf(wanted))) {
        const name = `${other.name} for ${wanted.name}`;
        codes.push([name, codeOf(await tom.request(wanted.command(cid, signatureOf(other, cid))))]);
        expected.push([name, wanted.code]);
      }
    }
    expect(codes).toEqual(expected);
    await unheard();
  });

  it('of an action, or of another client, open no session', async () => {
    const { server, cid } = await strict();
    const stranger = await dial(server.url);
    const attempts = [
      ...actions.map((action) => signatureOf(action, cid)),
      sign(['app', 'Jerry', '']),
      sign(['app', 'Tom', ''], undefined, { t: NOW - SIX_HOURS - 1 }),
      sign(['app', 'Tom', ''], undefined, { t: NOW / 1_000 - SIX_HOURS / 1_000 - 1 }),
      sign(['app', 'Tom', ''], undefined, { key: 'guess' }),
    ];
    for (const signature of attempts) expect(await open(stranger, 'Tom', signature)).toMatchObject(error(4102));
    const good = sign(['app', 'Tom', '']);
    expect(await open(stranger, 'Tom', good)).toMatchObject({ op: 'opened' });
    expect(await open(await dial(server.url), 'Tom', good)).toMatchObject(error(4102));
  });

  it('are not made for ids with colons, because the text of several ids could equal that of one', async () => {
    const { server, tom, cid, unheard } = await strict();
    const both = sign(['app', 'Tom', cid, 'Jerry:Spike'], 'invite');
    expect(
      await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Jerry:Spike'], ...both } }),
    ).toMatchObject(error(4302));
    const block = sign(['app', 'Tom', cid, 'Jerry:Spike'], 'conversation-block-clients');
    expect(
      await tom.request({
        cmd: 'blacklist',
        op: 'block',
        blacklistMessage: { srcCid: cid, toPids: ['Jerry:Spike'], ...block },
      }),
    ).toMatchObject(error(4546));
    const group = sign(['app', 'Tom', 'A:B:Tom']);
    expect(await tom.request({ cmd: 'conv', op: 'start', convMessage: { m: ['A:B'], ...group } })).toMatchObject(
      error(4302),
    );
    const colon = await enter(server, 'Tom:x');
    const own = sign(['app', 'Tom:x', 'Tom:x']);
    expect(await colon.request({ cmd: 'conv', op: 'start', convMessage: { m: [], ...own } })).toMatchObject(
      error(4302),
    );
    const asTom = sign(['app', 'Tom', 'x', 'x']);
    expect(await colon.request({ cmd: 'conv', op: 'start', convMessage: { m: ['x'], ...asTom } })).toMatchObject(
      error(4302),
    );
    await unheard();
  });

  it('that were refused are not used up, so nobody can use up those of others', async () => {
    const { server, tom, cid } = await strict();
    const [add] = actions.filter(({ name }) => name === 'add');
    if (add === undefined) throw new Error('there is no such action');
    const good = signatureOf(add, cid);
    const spike = await enter(server, 'Spike');
    expect(await spike.request(add.command(cid, good))).toMatchObject(error(4302));
    expect(await tom.request(add.command(cid, good))).toMatchObject({ op: 'added' });
  });
});

describe('names that every JavaScript object has', () => {
  const ODD = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];
  const polluted = (): readonly unknown[] => [
    Reflect.get({}, 'polluted'),
    Reflect.get([], 'polluted'),
    Reflect.get(() => undefined, 'polluted'),
    Object.keys(Object.prototype),
    Object.keys(Function.prototype),
  ];

  it.each(ODD)(
    'are normal client ids: %s is a member, speaks, gets a role, is silenced, blocked, listed and queried',
    async (id) => {
      const { server, undisturbed, faults } = await world();
      const [tom, odd] = [await login(server, 'Tom'), await login(server, id, { tag: id, deviceId: id })];
      await undisturbed(async () => {
        const cid = await start(tom, ['Jerry']);
        const people = (op: 'add' | 'remove' | 'add_shutup' | 'remove_shutup', m: readonly string[] = [id]) =>
          tom.request({ cmd: 'conv', op, convMessage: { cid, m: [...m] } });
        const role = (pid: string, to: string) =>
          tom.request({ cmd: 'conv', op: 'member_info_update', convMessage: { cid, info: { pid, role: to } } });
        expect(await role(id, 'Manager')).toMatchObject(error(4317));
        expect(await odd.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } })).toMatchObject(error(4401));
        expect(await people('add')).toMatchObject({ convMessage: { allowedPids: [id] } });
        expect(await people('add')).toMatchObject({ convMessage: { allowedPids: [id] } });
        await say(odd, cid, { msg: 'hi', dt: id, mentionPids: [id] });
        expect((await tom.push('direct')).directMessage).toMatchObject({ fromPeerId: id, msg: 'hi' });
        expect(await role(id, id)).toMatchObject(error(4321));
        expect(await role(id, 'Manager')).toMatchObject({ op: 'member_info_updated' });
        expect(await role(id, 'Member')).toMatchObject({ op: 'member_info_updated' });
        expect(await people('add_shutup')).toMatchObject({ convMessage: { allowedPids: [id] } });
        expect(await odd.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } })).toMatchObject(error(4563));
        expect(await tom.request({ cmd: 'conv', op: 'query_shutup', convMessage: { cid, next: '' } })).toMatchObject({
          convMessage: { m: [id] },
        });
        expect(await tom.request({ cmd: 'conv', op: 'query_shutup', convMessage: { cid, next: id } })).toMatchObject({
          convMessage: { cid },
        });
        expect(await people('remove_shutup')).toMatchObject({ convMessage: { allowedPids: [id] } });
        expect(await odd.request({ cmd: 'conv', op: 'mute', convMessage: { cid } })).toMatchObject({ op: 'updated' });
        expect(await tom.request(find(`{"m":"${id}"}`))).toMatchObject({
          convMessage: { results: { data: expect.stringContaining(`"mu":["${id}"]`) as string } },
        });
        const block = await tom.request({
          cmd: 'blacklist',
          op: 'block',
          blacklistMessage: { srcCid: cid, toPids: [id] },
        });
        expect(block).toMatchObject({ blacklistMessage: { allowedPids: [id] } });
        expect(await odd.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } })).toMatchObject({
          convMessage: { failedPids: [{ code: 4315, pids: [id] }] },
        });
        expect(
          await tom.request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: [id, 'valueOf'] } }),
        ).toMatchObject({
          sessionMessage: { onlineSessionPeerIds: [id] },
        });
        expect(await odd.request({ cmd: 'session', op: 'close', peerId: id })).toMatchObject({ op: 'closed' });
      });
      expect(faults).toEqual([]);
    },
  );

  it('are unknown conversation ids and message ids', async () => {
    const { server, undisturbed, faults } = await world();
    const tom = await login(server, 'Tom');
    const own = await start(tom, []);
    const { timestamp: t } = await say(tom, own, { msg: 'x' });
    await undisturbed(async () => {
      for (const cid of [...ODD, '', ' ', '_tmp', '..', 'x'.repeat(128), '\0', '💙']) {
        const codes: (number | string)[] = [];
        for (const command of [
          { cmd: 'logs', logsMessage: { cid } },
          { cmd: 'conv', op: 'count', convMessage: { cid } },
          { cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom'] } },
          { cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Tom'] } },
          { cmd: 'conv', op: 'update', convMessage: { cid, ...attr('{}') } },
          { cmd: 'conv', op: 'mute', convMessage: { cid } },
          { cmd: 'conv', op: 'max_read', convMessage: { cid } },
          { cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: [] } },
          { cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cid } },
          { cmd: 'read', readMessage: { cid } },
          { cmd: 'ack', ackMessage: { cid, mid: cid } },
          { cmd: 'direct', directMessage: { cid, msg: 'x' } },
          { cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid: cid, data: 'x' }] } },
        ] satisfies Request[])
          codes.push(codeOf(await tom.request(command)));
        expect(codes).toEqual([...Array.from({ length: 11 }, () => 4303), 4401, 4401]);
        expect(await tom.request(find(JSON.stringify({ objectId: cid })))).toMatchObject({
          convMessage: { results: { data: '[]' } },
        });
        const wish = { cid: own, mid: cid, recall: true };
        expect(await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [wish] } })).toMatchObject(
          error(4404),
        );
        expect(await tom.request({ cmd: 'logs', logsMessage: { cid: own, t, mid: cid } })).toMatchObject({
          cmd: 'logs',
        });
        tom.send({ cmd: 'ack', ackMessage: { cid: own, mid: cid } });
        await tom.settle();
      }
    });
    expect(faults).toEqual([]);
  });

  it('are normal attributes, also in paths to nested ones, and change nothing else', async () => {
    const { server, undisturbed, faults } = await world();
    const tom = await login(server, 'Tom');
    await undisturbed(async () => {
      const cid = await start(
        tom,
        [],
        attr(
          '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"mine","a":{"__proto__":{"polluted":1},"b":1}}',
        ),
      );
      for (const key of ODD) {
        for (const json of [
          `{"${key}":{"polluted":1}}`,
          `{"${key}.polluted":1}`,
          `{"${key}.prototype.polluted":1}`,
          `{"a.${key}.polluted":1}`,
          `{"a.${key}":{"polluted":1}}`,
          `{"a.b.${key}.polluted":1}`,
          `{"${key}.__proto__.polluted":1}`,
          `{"${key}.polluted":{"__op":"Delete"}}`,
          `{"a.${key}.b":{"__op":"Delete"}}`,
          `{"\\u005f_proto__":{"polluted":1}}`,
        ])
          expect(await tom.request({ cmd: 'conv', op: 'update', convMessage: { cid, ...attr(json) } })).toMatchObject({
            op: 'updated',
          });
        for (const where of [`{"${key}":1}`, `{"${key}.${key}":{"$exists":true}}`, `{"a.${key}.name":{"$regex":"."}}`])
          expect(await tom.request(find(where, { sort: `-${key},${key}.${key},a.${key}` }))).toMatchObject({
            op: 'results',
          });
      }
      expect(await tom.request(find('{"__proto__.polluted":1}'))).toMatchObject({
        convMessage: { results: { data: '[]' } },
      });
    });
    expect(polluted()).toEqual([undefined, undefined, undefined, [], []]);
    expect(faults).toEqual([]);
  });

  it.each([
    'objectId',
    'name',
    'c',
    'm',
    'mu',
    'tr',
    'sys',
    'unique',
    'ttl',
    'lm',
    'createdAt',
    'updatedAt',
    'msg',
    'bin',
    'msg_mid',
    'msg_timestamp',
  ])(
    'are no path to a nested attribute: %s.x is refused with 4301, and others still read the conversation',
    async (key) => {
      const { server, undisturbed, spike } = await world();
      const butch = await login(server, 'Butch');
      const cid = await start(spike, ['Butch']);
      await undisturbed(async () => {
        for (const value of [1, 'x', null, { __op: 'Delete' }]) {
          const changed = attr(JSON.stringify({ color: 'red', [`${key}.x`]: value }));
          expect(await spike.request({ cmd: 'conv', op: 'update', convMessage: { cid, ...changed } })).toMatchObject(
            error(4301),
          );
          expect(await spike.request({ cmd: 'conv', op: 'start', convMessage: changed })).toMatchObject(error(4301));
        }
        await expect(server.backEnd.update(cid, { attributes: { [`${key}.x`]: 1 } })).rejects.toMatchObject({
          code: 4301,
        });
      });
      const answer = await butch.request(find('{"m":"Butch"}'));
      if (answer.cmd !== 'conv' || answer.op !== 'results')
        throw new Error(`results were expected, not ${JSON.stringify(answer)}`);
      const infos = decodeConversations(answer.convMessage.results.data);
      expect(E.isRight(infos) && infos.right.map(({ id, attributes }) => [id, attributes])).toEqual([[cid, {}]]);
    },
  );

  it('are refused as operators of a query with 4310', async () => {
    const { undisturbed, spike, faults } = await world();
    await undisturbed(async () => {
      for (const where of [
        '{"$__proto__":[]}',
        '{"$constructor":1}',
        '{"a":{"$toString":1}}',
        '{"a":{"$where":"1"}}',
        '{"$where":"while(1);"}',
      ])
        expect(await spike.request(find(where))).toMatchObject(error(4310));
    });
    expect(faults).toEqual([]);
  });
});

describe('an expensive command', () => {
  const own = async (attributes: object) => {
    const there = await world();
    const cid = await start(there.spike, [], attr(JSON.stringify(attributes)));
    const update = (changed: object): Request => ({
      cmd: 'conv',
      op: 'update',
      convMessage: { cid, ...attr(JSON.stringify(changed)) },
    });
    return { ...there, cid, update };
  };

  it('a query with a thousand levels of any kind is refused with 4310', async () => {
    const { undisturbed, spike, faults } = await world();
    const nested = (levels: number, before: string, after: string): string =>
      `${before.repeat(levels)}{}${after.repeat(levels)}`;
    await undisturbed(async () => {
      for (const where of [
        nested(1_000, '{"$and":[', ']}'),
        nested(1_000, '{"$or":[', ']}'),
        `{"a":${nested(1_000, '[', ']')}}`,
        `{"a":${nested(1_000, '{"b":', '}')}}`,
        `{"a":{"$in":${nested(1_000, '[', ']')}}}`,
        `{"a":{"$ne":${nested(30_000, '[', ']')}}}`,
        '['.repeat(60_000),
      ])
        expect(codeOf(await spike.request(find(where)))).toBe(4310);
    });
    expect(faults).toEqual([]);
  });

  it('an update of thousands of attributes inside one is refused quickly', async () => {
    const { undisturbed, spike, update } = await own({});
    const many = Object.fromEntries(Array.from({ length: 4_000 }, (_, n) => [`a.${n.toString(36)}`, 1]));
    expect(await undisturbed(() => spike.request(update(many)))).toMatchObject(error(4306));
  });

  it('attributes with thousands of levels are refused with 4114', async () => {
    const { undisturbed, spike, cid, faults } = await own({});
    await undisturbed(async () => {
      const data = `{"a":${'['.repeat(7_000)}${']'.repeat(7_000)}}`;
      expect(await spike.request({ cmd: 'conv', op: 'start', convMessage: attr(data) })).toMatchObject(error(4114));
      expect(await spike.request({ cmd: 'conv', op: 'update', convMessage: { cid, ...attr(data) } })).toMatchObject(
        error(4114),
      );
    });
    expect(faults).toEqual([]);
  });

  it('a key with dots cannot nest attributes deeper than the limit', async () => {
    const { undisturbed, spike, update, faults } = await own({});
    await undisturbed(async () => {
      expect(await spike.request(update({ [Array.from({ length: 50 }, () => 'a').join('.')]: 1 }))).toMatchObject({
        op: 'updated',
      });
      expect((await spike.request(update({ [Array.from({ length: 1_000 }, () => 'b').join('.')]: 1 }))).cmd).toBe(
        'error',
      );
    });
    expect(faults).toEqual([]);
  });

  it('an update of a key with 15,000 dots is refused quickly', async () => {
    const { undisturbed, spike, update, faults } = await own({});
    expect(codeOf(await undisturbed(() => spike.request(update({ ['.'.repeat(15_000)]: 1 }))))).not.toBe(4200);
    expect(faults).toEqual([]);
  });

  it('a catastrophic regular expression is answered quickly, or refused at once if it is too long', async () => {
    const { undisturbed, spike, faults } = await own({
      x: 'a'.repeat(10_000),
      list: Array.from({ length: 200 }, () => 'a'),
    });
    await undisturbed(async () => {
      for (const $regex of ['(a+)+$b', '(a+)+[x-z]$', '(a|aa)+[x-z]', '(.*a){12}[x-z]', '([a-z]+)*[^a]$', '(a*)*[x-z]'])
        expect(
          await spike.request(find(JSON.stringify({ $or: [{ x: { $regex } }, { list: { $regex } }] }))),
        ).toMatchObject({
          convMessage: { results: { data: '[]' } },
        });
      for (const $regex of ['(a?){20}a{20}[x-z]', '(?=a)', '(a)\\1', '((a{1,100}){1,100}){1,100}', 'a{1001}'])
        expect(await spike.request(find(JSON.stringify({ x: { $regex } })))).toMatchObject(error(4310));
    });
    expect(faults).toEqual([]);
  });

  it('a query over many conversations with long texts is refused with 4310 before it has read all', async () => {
    const store = memoryStore();
    const x = Array.from({ length: 16_000 }, (_, n) => 'ab'[Math.imul(n, 2_654_435_761) >>> 31]).join('');
    for (let n = 0; n < 200; n += 1)
      await store.createConversation({
        kind: 'room',
        members: [],
        attributes: { x, n },
        unique: false,
        now: Date.now(),
      });
    const { undisturbed, spike, faults } = await world({ store });
    const $regex = 'a[ab]{900}[x-z]';
    await undisturbed(async () => {
      for (const where of [
        { tr: true, x: { $regex } },
        { $or: [{ x: { $regex } }, { x: 1 }] },
        { x: { $regex: 'a[ab]{3}[x-z]' } },
      ])
        expect(await spike.request(find(JSON.stringify(where)))).toMatchObject(error(4310));
      // The expression runs only on conversations that match the other conditions, in every order of the conditions.
      const few = { x: { $regex: 'a[ab]{30}[x-z]' }, n: { $in: [7] }, tr: true };
      expect(await spike.request(find(JSON.stringify(few)))).toMatchObject({ op: 'results' });
    });
    expect(faults).toEqual([]);
  });

  it('a query that compares many nested values is refused with 4310', async () => {
    const store = memoryStore();
    const nested = (last: number) => ({ a: [1, 2, 3, last] });
    const list = Array.from({ length: 900 }, () => nested(0));
    for (let n = 0; n < 20; n += 1)
      await store.createConversation({
        kind: 'room',
        members: [],
        attributes: { list },
        unique: false,
        now: Date.now(),
      });
    const { undisturbed, spike } = await world({ store });
    const $in = Array.from({ length: 1_000 }, (_, n) => nested(n + 1));
    await undisturbed(async () => {
      for (const condition of [{ $in }, { $nin: $in }, { $all: [nested(0), ...$in] }])
        expect(['conv', 4310]).toContain(codeOf(await spike.request(find(JSON.stringify({ list: condition })))));
      expect(await spike.request(find(JSON.stringify({ list: { $in } })))).toMatchObject(error(4310));
    });
  });

  it('many regular expressions in one query are answered quickly, or refused with 4310', async () => {
    let seed = 7;
    const random = (): string => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return (seed >> 16) % 2 === 0 ? 'a' : 'b';
    };
    const { undisturbed, spike, faults } = await own({ x: Array.from({ length: 16_000 }, random).join('') });
    // As an automaton, each would have 2^300 states. Step by step, each costs 300 at each of 16,000 characters.
    const $or = Array.from({ length: 12 }, (_, n) => ({ x: { $regex: `a[ab]{${300 + n}}[x-z]` } }));
    expect([4310, 'conv']).toContain(codeOf(await undisturbed(() => spike.request(find(JSON.stringify({ $or }))))));
    expect(faults).toEqual([]);
  });

  it('many messages of users in a system conversation do not slow down reads of it', async () => {
    const store = memoryStore();
    const wanted = { kind: 'system', members: ['Spike'], attributes: {}, unique: false, now: Date.now() } as const;
    const [{ info: quiet }, { info: flooded }] = [
      await store.createConversation(wanted),
      await store.createConversation(wanted),
    ];
    const message = {
      conversationId: flooded.id,
      from: 'Spike',
      to: [],
      msg: 'x',
      receipt: false,
      mentions: [],
      mentionsAll: false,
      now: Date.now(),
    };
    for (let n = 0; n < 20_000; n += 1) await store.append([message]);
    const timeOf = async (id: string): Promise<number> => {
      const before = performance.now();
      for (let n = 0; n < 500; n += 1) await store.conversations([id]);
      return performance.now() - before;
    };
    await timeOf(quiet.id);
    expect(await timeOf(flooded.id)).toBeLessThan(50 + 10 * (await timeOf(quiet.id)));
  });

  it('thousands of members, or of clients to block, are answered quickly', async () => {
    const { undisturbed, spike, cid, faults } = await own({});
    const m = Array.from({ length: 9_000 }, (_, n) => n.toString(36));
    await undisturbed(async () => {
      expect(await spike.request({ cmd: 'conv', op: 'start', convMessage: { m } })).toMatchObject(error(4304));
      expect(await spike.request({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m } })).toMatchObject({
        op: 'shutup_added',
      });
      expect(
        await spike.request({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: m } }),
      ).toMatchObject({
        op: 'blocked',
      });
      expect(await spike.request({ cmd: 'conv', op: 'add', convMessage: { cid, m } })).toMatchObject({ op: 'added' });
      expect(await spike.request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: m } })).toMatchObject(
        { cmd: 'error' },
      );
    });
    expect(faults).toEqual([]);
  });
});

/** A hand-written WebSocket client: it sends raw bytes. */
const raw = async ({ port }: RtmServer): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.write(
    [
      'GET / HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Protocol: lc.protobuf2.3',
      '\r\n',
    ].join('\r\n'),
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /);
  return socket;
};

/** The code with which the server closes a raw socket. Earlier answers of the server are short. */
const closeOf = async (socket: Socket): Promise<number> => {
  for (;;) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    if (bytes[0] === 0x88) return bytes.readUInt16BE(2);
  }
};

const MASK = [0, 0, 0, 0];
const CONTINUED = 0x00;
const BINARY = 0x02;
const FINAL = 0x80;
/** A short frame. */
const piece = (head: number, payload: Uint8Array): Buffer =>
  Buffer.from([head, 0x80 | payload.length, ...MASK, ...payload]);

describe('frames', () => {
  it('of 100 MB, or of an impossible length, are not read: 1009', async () => {
    const { server, undisturbed } = await world();
    for (const length of [100 * 1_024 * 1_024, 2 ** 40]) {
      const socket = await raw(server);
      const head = Buffer.alloc(14);
      head.writeUInt8(FINAL | BINARY, 0);
      head.writeUInt8(0xff, 1);
      head.writeBigUInt64BE(BigInt(length), 2);
      const memory = process.memoryUsage().rss;
      await undisturbed(async () => {
        socket.write(head);
        expect(await closeOf(socket)).toBe(1009);
      });
      expect(process.memoryUsage().rss - memory).toBeLessThan(50_000_000);
    }
  });

  it('in pieces form one message; too many pieces, or a too long message, end the socket', async () => {
    const { server, undisturbed } = await world();
    const echo = Buffer.from('080e2801', 'hex');
    await undisturbed(async () => {
      const good = await raw(server);
      good.write(
        Buffer.concat([
          piece(BINARY, echo.subarray(0, 1)),
          piece(CONTINUED, echo.subarray(1, 3)),
          piece(FINAL, echo.subarray(3)),
        ]),
      );
      const [answer] = (await once(good, 'data')) as [Buffer];
      expect(answer.subarray(2).toString('hex')).toBe('080e2801');

      const many = await raw(server);
      many.write(
        Buffer.concat([
          piece(BINARY, echo),
          ...Array.from({ length: 20_000 }, () => piece(CONTINUED, echo.subarray(0, 1))),
        ]),
      );
      expect(await closeOf(many)).toBe(1008);

      const empty = await raw(server);
      empty.write(
        Buffer.concat([
          piece(BINARY, echo),
          ...Array.from({ length: 20_000 }, () => piece(CONTINUED, new Uint8Array())),
        ]),
      );
      expect(await closeOf(empty)).toBe(1008);

      const long = await raw(server);
      long.write(
        Buffer.concat([
          piece(BINARY, echo),
          ...Array.from({ length: 2_000 }, () => piece(CONTINUED, new Uint8Array(100))),
        ]),
      );
      expect(await closeOf(long)).toBe(1009);
    });
  });

  it('with garbage are answered with one error each, and the socket stays open', async () => {
    const { undisturbed, spike, faults } = await world();
    let seed = 1;
    const byte = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return (seed >> 16) & 0xff;
    };
    const frames: (Buffer | string)[] = [
      Buffer.alloc(0),
      Buffer.alloc(60_000, 0xff),
      // Nested groups.
      Buffer.alloc(60_000, 0x0b),
      // A length beyond the end, and a length of 2^63.
      Buffer.from('0802c206ffffffff07', 'hex'),
      Buffer.from('0802c206ffffffffffffffff7f', 'hex'),
      // A message encoded as a number, a number encoded as a message, and text that is not UTF-8.
      Buffer.from('0802c00605', 'hex'),
      Buffer.from('0a0102', 'hex'),
      Buffer.from('08022805c206045a02c328', 'hex'),
      // No command, a negative command, and a command beyond 32 bits.
      Buffer.from('2805', 'hex'),
      Buffer.from('08ffffffffffffffffff012805', 'hex'),
      Buffer.from('0880808080802028ffffffff0f', 'hex'),
      'AAAA',
      '====',
      'not base64 at all \u0000',
      '💙'.repeat(1_000),
      'A'.repeat(65_536),
      ...Array.from({ length: 200 }, () => Buffer.from(Array.from({ length: byte() }, byte))),
      ...Array.from({ length: 200 }, () =>
        Buffer.concat([Buffer.from('08', 'hex'), Buffer.from(Array.from({ length: 20 }, byte))]),
      ),
    ];
    await undisturbed(async () => {
      for (const frame of frames) spike.socket.send(frame);
      await spike.settle();
    });
    const codes = spike.inbox.map(codeOf);
    expect(codes).toHaveLength(frames.length);
    expect(new Set(codes)).toEqual(new Set([4114, 4200, 4401]));
    expect(faults).toEqual([]);
  });

  it('with impossible numbers are refused with the code of their command, or return nothing', async () => {
    const { undisturbed, spike, faults } = await world();
    const cid = await start(spike, []);
    const MAX = 2 ** 31 - 1;
    const cases: readonly (readonly [Request, object | undefined])[] = [
      ...[-1, 0, -MAX, 1_001, MAX].map(
        (l) => [{ cmd: 'logs', logsMessage: { cid, l } } satisfies Request, error(4311)] as const,
      ),
      [{ cmd: 'logs', logsMessage: { cid, t: -1, mid: '', tt: Number.MAX_SAFE_INTEGER, tmid: 'x' } }, { cmd: 'logs' }],
      [{ cmd: 'logs', logsMessage: { cid, lctype: -MAX } }, { cmd: 'logs' }],
      ...[-1, -MAX, 0].map((limit) => [find('{}', { limit }), { convMessage: { results: { data: '[]' } } }] as const),
      [find('{}', { limit: 1_001 }), error(4310)],
      [find('{}', { limit: MAX }), error(4310)],
      [find('{}', { skip: MAX }), { convMessage: { results: { data: '[]' } } }],
      [find('{}', { skip: -MAX, limit: 1_000, flag: -1 }), { op: 'results' }],
      [find('{}', { sort: ','.repeat(60_000) }), error(4310)],
      [find('{}', { sort: '-'.repeat(1_000) }), { op: 'results' }],
      [find('{}', { sort: '-'.repeat(60_000) }), error(4310)],
      ...[0, -1, -MAX, MAX].map(
        (tempConvTTL) =>
          [
            { cmd: 'conv', op: 'start', convMessage: { tempConv: true, tempConvTTL } } satisfies Request,
            error(4301),
          ] as const,
      ),
      ...[0, -1, MAX].map(
        (limit) =>
          [
            { cmd: 'conv', op: 'query_shutup', convMessage: { cid, limit } } satisfies Request,
            { op: 'shutup_result' },
          ] as const,
      ),
      ...[0, -1, MAX].map(
        (limit) =>
          [
            { cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cid, limit } } satisfies Request,
            { op: 'query_result' },
          ] as const,
      ),
      [{ cmd: 'direct', priority: -MAX, directMessage: { cid, msg: 'x' } }, { cmd: 'ack' }],
      [{ cmd: 'patch', op: 'modify', patchMessage: {} }, { op: 'modified' }],
      [{ cmd: 'ack', ackMessage: { cid, fromts: Number.MAX_SAFE_INTEGER, tots: -Number.MAX_SAFE_INTEGER } }, undefined],
      [
        {
          cmd: 'read',
          readMessage: {
            convs: [
              { cid, timestamp: -1 },
              { cid, mid: '' },
            ],
          },
        },
        undefined,
      ],
      [{ cmd: 'session', op: 'query', sessionMessage: {} }, { op: 'query_result' }],
    ];
    await undisturbed(async () => {
      for (const [command, answer] of cases) {
        if (answer === undefined) spike.send(command);
        else expect(await spike.request(command)).toMatchObject(answer);
      }
      await spike.settle();
    });
    expect(spike.inbox.filter(({ cmd }) => cmd === 'error')).toEqual([]);
    expect(faults).toEqual([]);
  });
});

describe('sockets', () => {
  it('carry up to 20 sessions, even if a thousand clients log in', async () => {
    const { server, undisturbed, faults } = await world();
    const crowd = await dial(server.url);
    const codes = await undisturbed(async () => {
      const answers: (number | string)[] = [];
      for (let n = 0; n < 1_000; n += 1) answers.push(codeOf(await open(crowd, `c${n}`)));
      return answers;
    });
    expect(codes.filter((code) => code === 'session')).toHaveLength(20);
    expect(codes.filter((code) => code === 4113)).toHaveLength(980);
    expect((await statsNow(server)).sessions).toBe(3 + 20);
    expect(faults).toEqual([]);
  });

  it('that never finish the handshake do not block others, have a time limit, and close with the server', async () => {
    const { server, undisturbed, faults } = await world();
    const half = [
      '',
      'G',
      'GET / HTTP/1.1\r\nHost: x\r\nUpgr',
      'POST /1.1/rtm/sign HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{',
    ];
    const sockets = Array.from({ length: 200 }, (_, n) => {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      onTestFinished(() => {
        socket.destroy();
      });
      socket.write(half[n % half.length] ?? '');
      return socket;
    });
    await undisturbed(() =>
      Promise.all(sockets.filter(({ connecting }) => connecting).map((socket) => once(socket, 'connect'))),
    );
    expect((await statsNow(server)).sockets).toBe(3);

    let http: HttpServer | undefined;
    const hear = (message: unknown): void => {
      ({ server: http } = message as { server: HttpServer });
    };
    subscribe('http.server.request.start', hear);
    await fetch(`http://127.0.0.1:${server.port}/v1/route`);
    unsubscribe('http.server.request.start', hear);
    expect(http?.headersTimeout).toBeGreaterThan(0);
    expect(http?.headersTimeout).toBeLessThanOrEqual(60_000);
    expect(http?.requestTimeout).toBeGreaterThan(0);
    expect(http?.requestTimeout).toBeLessThanOrEqual(300_000);

    const ends = sockets.map((socket) => once(socket, 'close'));
    for (const socket of sockets) socket.resume();
    await server.close();
    await Promise.all(ends);
    expect(faults).toEqual([]);
  });

  it('without a login are closed with 4108, also in the middle of a frame', async () => {
    const server = await serve({ limits: { loginTimeout: 60 } });
    const undisturbed = await bystanders(server);
    await undisturbed(async () => {
      const [silent, half, noisy] = [await raw(server), await raw(server), await raw(server)];
      half.write(Buffer.from([FINAL | BINARY, 0xfe, 0x10, 0x00, ...MASK, 1, 2, 3]));
      noisy.write(piece(FINAL | BINARY, Buffer.from('ff', 'hex')));
      expect(await Promise.all([silent, half, noisy].map(closeOf))).toEqual([4108, 4108, 4108]);
    });
  });

  const flood = async (until: () => Promise<boolean>, send: (n: number) => Promise<unknown>): Promise<number> => {
    for (let n = 0; n < 5_000; n += 1) {
      await send(n);
      if (n % 50 === 49 && (await until())) return n + 1;
    }
    throw new Error('it was never too much');
  };
  const BODY = 'x'.repeat(5_000);

  it('that do not read messages of a conversation are closed with 1013; the others get everything', async () => {
    const { server, undisturbed } = await world({ limits: { bufferedBytes: 100_000 } });
    const [tom, jerry, slow] = [await login(server, 'Tom'), await login(server, 'Jerry'), await login(server, 'Slow')];
    const cid = await start(tom, ['Jerry', 'Slow']);
    await slow.settle();
    slow.socket.pause();
    const sent = await undisturbed(() =>
      flood(
        async () => !(await server.backEnd.online(['Slow'])).includes('Slow'),
        (n) => say(tom, cid, { msg: `${n} ${BODY}`, transient: true }),
      ),
    );
    await jerry.settle();
    const heard = jerry.inbox.flatMap((push) =>
      push.cmd === 'direct' ? [Number.parseInt(push.directMessage.msg ?? '', 10)] : [],
    );
    expect(heard).toEqual(Array.from({ length: sent }, (_, n) => n));
    slow.socket.resume();
    expect(await slow.closed).toMatchObject({ code: 1013 });
  });

  it('that send commands and do not read the answers are closed with 1013', async () => {
    const { server, undisturbed } = await world({ limits: { bufferedBytes: 100_000, answerTimeout: 300 } });
    const slow = await login(server, 'Slow');
    const cid = await start(slow, []);
    for (let n = 0; n < 12; n += 1) await say(slow, cid, { msg: BODY });
    slow.socket.pause();
    let asked = 0;
    await undisturbed(async () => {
      await expect
        .poll(
          async () => {
            for (let n = 0; n < 100; n += 1)
              slow.send({ cmd: 'logs', i: 100_000 + (asked += 1), logsMessage: { cid } });
            return server.backEnd.online(['Slow']);
          },
          { timeout: 5_000, interval: 1 },
        )
        .toEqual([]);
    });
    slow.socket.resume();
    expect(await slow.closed).toMatchObject({ code: 1013 });
  });

  it('that do not read a chat room lose low messages first, and no high ones; the others get everything', async () => {
    const { server, undisturbed } = await world({ limits: { roomBufferedBytes: 20_000, roomQueue: 20 } });
    const [tom, jerry, slow] = [await login(server, 'Tom'), await login(server, 'Jerry'), await login(server, 'Slow')];
    const cid = await start(tom, [], { transient: true });
    for (const [client, id] of [
      [jerry, 'Jerry'],
      [slow, 'Slow'],
    ] as const)
      await client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } });
    slow.socket.pause();
    const priorityOf = (n: number): number => (n % 50 === 0 ? 1 : 3);
    const sent = await undisturbed(() =>
      flood(
        async () => (await statsNow(server)).dropped.low > 50,
        (n) =>
          tom.request({
            cmd: 'direct',
            priority: priorityOf(n),
            directMessage: { cid, msg: `${n} ${BODY}`, transient: true },
          }),
      ),
    );
    const { dropped, slow: receivers } = await statsNow(server);
    expect(dropped.normal).toBe(0);
    expect(receivers).toMatchObject([{ clientIds: ['Slow'], dropped: { normal: 0, low: dropped.low } }]);
    slow.socket.resume();
    await slow.settle();
    const heardBy = ({ inbox }: RawClient): readonly number[] =>
      inbox.flatMap((push) => (push.cmd === 'direct' ? [Number.parseInt(push.directMessage.msg ?? '', 10)] : []));
    await jerry.settle();
    const all = Array.from({ length: sent }, (_, n) => n);
    expect(heardBy(jerry)).toEqual(all);
    await expect.poll(() => heardBy(slow).length).toBe(sent - dropped.low);
    const heard = heardBy(slow);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(all.filter((n) => priorityOf(n) === 1 && !heard.includes(n))).toEqual([]);
  });

  it('that do not read high messages of a chat room are closed with 1013', async () => {
    const { server, undisturbed } = await world({ limits: { roomBufferedBytes: 20_000, bufferedBytes: 100_000 } });
    const [tom, slow] = [await login(server, 'Tom'), await login(server, 'Slow')];
    const cid = await start(tom, [], { transient: true });
    await slow.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Slow'] } });
    slow.socket.pause();
    await undisturbed(() =>
      flood(
        async () => !(await server.backEnd.online(['Slow'])).includes('Slow'),
        () => tom.request({ cmd: 'direct', priority: 1, directMessage: { cid, msg: BODY, transient: true } }),
      ),
    );
    slow.socket.resume();
    expect(await slow.closed).toMatchObject({ code: 1013 });
  });
});

describe('over HTTP', () => {
  const addresses = async () => {
    const there = await world();
    const tom = await dial(there.server.url);
    const token = tokenOf(await open(tom, 'Tom'));
    const cid = await start(tom, ['Jerry']);
    const base = `http://127.0.0.1:${there.server.port}`;
    const infos = `${base}/1.1/classes/_ConversationMemberInfo?where=${encodeURIComponent(JSON.stringify({ cid }))}`;
    const ask = async (url: string, st?: string, method = 'GET') => {
      const response = await fetch(url, {
        method,
        headers: { 'x-lc-id': 'app', ...(st === undefined ? {} : { 'x-lc-im-session-token': st }) },
      });
      return { status: response.status, text: await response.text() };
    };
    return {
      ...there,
      tom,
      token,
      cid,
      notifications: `${base}/1.1/rtm/notifications?client_id=Tom&start_ts=0`,
      infos,
      ask,
      base,
    };
  };

  it('notices and roles require the token of their own session', async () => {
    const { server, undisturbed, token, cid, notifications, infos, ask } = await addresses();
    const stranger = tokenOf(await open(await dial(server.url), 'Butch'));
    await undisturbed(async () => {
      expect((await ask(notifications, token)).status).toBe(200);
      expect(JSON.parse((await ask(infos, token)).text)).toEqual({
        results: [{ clientId: 'Tom', cid, role: 'Owner' }],
      });
      for (const st of [undefined, '', 'x', '__proto__', stranger, token.slice(1), `${token},${token}`]) {
        const answer = await ask(notifications, st);
        expect([st, answer.status, answer.text.includes(cid)]).toEqual([st, 401, false]);
      }
      for (const st of [undefined, '', 'x', '__proto__', token.slice(1)])
        expect((await ask(infos, st)).status).toBe(401);
      expect(await ask(infos, stranger)).toEqual({ status: 403, text: expect.stringContaining('4317') as string });
    });
  });

  it('a token ends with its session: by a logout, by a kick, or by a new session with the same tag', async () => {
    const { server, tom, token, notifications, infos, ask } = await addresses();
    const before = tokenOf(await open(await dial(server.url), 'Tom', { tag: 'Web' }));
    expect((await ask(notifications, before)).status).toBe(200);
    const second = tokenOf(await open(await dial(server.url), 'Tom', { tag: 'Web' }));
    expect((await ask(notifications, before)).status).toBe(401);
    await tom.request({ cmd: 'session', op: 'close' });
    expect((await ask(infos, token)).status).toBe(401);
    await server.kick('Tom');
    expect((await ask(infos, second)).status).toBe(401);
  });

  it('malformed requests are refused, and are not reported as errors of the server', async () => {
    const { undisturbed, token, ask, base, faults } = await addresses();
    const path = `${base}/1.1/classes/_ConversationMemberInfo`;
    await undisturbed(async () => {
      for (const query of [
        '',
        '?where=',
        '?where={',
        '?where=[]',
        '?where={"cid":5}',
        '?where=%zz',
        `?where=${'['.repeat(5_000)}`,
      ])
        expect([query, (await ask(`${path}${query}`, token)).status]).toEqual([query, 400]);
      for (const cid of ['nowhere', '__proto__', '_tmp:x', ''])
        expect((await ask(`${path}?where=${encodeURIComponent(JSON.stringify({ cid }))}`, token)).status).toBe(403);
      for (const start of ['x', 'NaN', 'Infinity', '1e999'])
        expect((await ask(`${base}/1.1/rtm/notifications?start_ts=${start}`, token)).status).toBe(400);
      for (const method of ['POST', 'PUT', 'DELETE'])
        expect((await ask(`${base}/1.1/rtm/notifications`, token, method)).status).toBe(404);
      for (const url of ['/1.1/rtm/notifications/', '/1.1/rtm/', '/1.2/rtm/clients/Tom/kick', '/%00'])
        expect((await ask(`${base}${url}`, token)).status).toBeGreaterThanOrEqual(401);
    });
    expect(faults).toEqual([]);
  });

  it('an upgrade needs a subprotocol', async () => {
    const { server } = await addresses();
    expect(Object.values(subprotocols).map(({ name }) => name)).not.toContain('');
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 4/);
    await once(socket, 'close');
  });
});

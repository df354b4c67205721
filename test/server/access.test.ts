/** Which client may do what, in each kind of conversation. */
import { describe, expect, it } from 'vitest';
import type { RtmServer, ServerOptions } from 'rx-realtime/server';
import { login, say, serve, start, type RawClient, codeOf } from './raw-client.js';

type Request = Parameters<RawClient['request']>[0];

const kinds = ['ordinary', 'room', 'temporary', 'system'] as const;
type Kind = (typeof kinds)[number];

/**
 * Tom is the creator, if a client created the conversation. Jerry and Butch are members, are in the room, or have
 * subscribed. Spike is a stranger.
 */
const cast = async (options: ServerOptions = {}) => {
  const server = await serve(options);
  const [tom, jerry, butch, spike] = [
    await login(server, 'Tom'),
    await login(server, 'Jerry'),
    await login(server, 'Butch'),
    await login(server, 'Spike'),
  ];
  return { server, tom, jerry, butch, spike };
};
type Cast = Awaited<ReturnType<typeof cast>>;

const join = (client: RawClient, cid: string, id: string) =>
  client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } });

const attr = { attr: { data: '{"name":"Cat","key":"value"}' } };

const made: Readonly<Record<Kind, (cast: Cast) => Promise<string>>> = {
  ordinary: ({ tom }) => start(tom, ['Jerry', 'Butch'], attr),
  room: async ({ tom, jerry, butch }) => {
    const cid = await start(tom, [], { transient: true, ...attr });
    await join(jerry, cid, 'Jerry');
    await join(butch, cid, 'Butch');
    return cid;
  },
  temporary: ({ tom }) => start(tom, ['Jerry', 'Butch'], { tempConv: true }),
  system: async ({ server, tom, jerry, butch }) => {
    const { id } = await server.backEnd.create({ kind: 'system', name: 'Cat', attributes: { key: 'value' } });
    await join(tom, id, 'Tom');
    await join(jerry, id, 'Jerry');
    await join(butch, id, 'Butch');
    return id;
  },
};

let serial = 1_000_000;
/** The outcome of a command: `ok`, or the code of the refusal (of the whole command, or of its one client). */
const outcome = async (client: RawClient, command: Request): Promise<number | 'ok'> => {
  const i = (serial += 1);
  client.send({ ...command, i });
  // The server sends no answer to valid acknowledgements and read marks.
  await client.settle();
  const answer = client.inbox.find((each) => each.i === i);
  const code = answer === undefined ? undefined : codeOf(answer);
  if (code !== undefined) return code;
  const message: unknown =
    answer?.cmd === 'conv' && 'convMessage' in answer
      ? answer.convMessage
      : answer?.cmd === 'blacklist'
        ? answer.blacklistMessage
        : {};
  const { failedPids: [failed] = [] } = message as { failedPids?: readonly { readonly code: number }[] };
  return failed?.code ?? 'ok';
};

type Command = (cid: string, self: string) => Request;
const named = <N extends string>(each: Readonly<Record<N, Command>>) => each;

/** The command in a conversation, sent by the client with this name. */
const commands = named({
  history: (cid) => ({ cmd: 'logs', logsMessage: { cid } }),
  count: (cid) => ({ cmd: 'conv', op: 'count', convMessage: { cid } }),
  receipts: (cid) => ({ cmd: 'conv', op: 'max_read', convMessage: { cid } }),
  'who is silenced': (cid) => ({ cmd: 'conv', op: 'query_shutup', convMessage: { cid } }),
  'who is blocked': (srcCid) => ({ cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid } }),
  send: (cid) => ({ cmd: 'direct', directMessage: { cid, msg: 'x' } }),
  'send what is transient': (cid) => ({ cmd: 'direct', directMessage: { cid, msg: 'x', transient: true } }),
  'leave a will': (cid) => ({ cmd: 'direct', directMessage: { cid, msg: 'x', will: true } }),
  read: (cid) => ({ cmd: 'read', readMessage: { cid } }),
  acknowledge: (cid) => ({ cmd: 'ack', ackMessage: { cid, fromts: 0, tots: 1 } }),
  update: (cid) => ({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{"name":"Mouse"}' } } }),
  mute: (cid) => ({ cmd: 'conv', op: 'mute', convMessage: { cid } }),
  unmute: (cid) => ({ cmd: 'conv', op: 'unmute', convMessage: { cid } }),
  'add another': (cid) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Quacker'] } }),
  join: (cid, self) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: [self] } }),
  'remove another': (cid) => ({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Butch'] } }),
  quit: (cid, self) => ({ cmd: 'conv', op: 'remove', convMessage: { cid, m: [self] } }),
  'give a role': (cid) => ({
    cmd: 'conv',
    op: 'member_info_update',
    convMessage: { cid, info: { pid: 'Butch', role: 'Manager' } },
  }),
  silence: (cid) => ({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: ['Butch'] } }),
  unsilence: (cid) => ({ cmd: 'conv', op: 'remove_shutup', convMessage: { cid, m: ['Butch'] } }),
  block: (srcCid) => ({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid, toPids: ['Butch'] } }),
  unblock: (srcCid) => ({ cmd: 'blacklist', op: 'unblock', blacklistMessage: { srcCid, toPids: ['Butch'] } }),
});
type Name = keyof typeof commands;
const all = Object.keys(commands) as readonly Name[];

type Outcome = number | 'ok';
type Row = readonly [member: Outcome, stranger: Outcome];

/** A member and a stranger. The creator and the back end may do more: see `roles.test.ts`. */
const table: Readonly<Record<Kind, Readonly<Record<Name, Row>>>> = {
  ordinary: {
    history: ['ok', 4312],
    count: ['ok', 4317],
    receipts: ['ok', 4317],
    'who is silenced': ['ok', 4317],
    'who is blocked': ['ok', 4317],
    send: ['ok', 4401],
    'send what is transient': ['ok', 4401],
    'leave a will': ['ok', 4401],
    read: ['ok', 4401],
    acknowledge: ['ok', 4401],
    update: ['ok', 4309],
    mute: ['ok', 4317],
    unmute: ['ok', 4317],
    'add another': ['ok', 4317],
    join: ['ok', 'ok'],
    'remove another': ['ok', 4317],
    quit: ['ok', 4317],
    'give a role': [4320, 4317],
    silence: [4320, 4317],
    unsilence: [4320, 4317],
    block: [4320, 4317],
    unblock: [4320, 4317],
  },
  room: {
    history: ['ok', 'ok'],
    count: ['ok', 'ok'],
    receipts: [4317, 4317],
    'who is silenced': ['ok', 'ok'],
    'who is blocked': ['ok', 'ok'],
    send: ['ok', 'ok'],
    'send what is transient': ['ok', 'ok'],
    'leave a will': ['ok', 'ok'],
    read: [4401, 4401],
    acknowledge: [4401, 4401],
    update: [4309, 4309],
    mute: [4317, 4317],
    unmute: [4317, 4317],
    'add another': [4314, 4314],
    join: ['ok', 'ok'],
    'remove another': [4314, 4314],
    quit: ['ok', 'ok'],
    'give a role': [4317, 4317],
    silence: [4320, 4320],
    unsilence: [4320, 4320],
    block: [4320, 4320],
    unblock: [4320, 4320],
  },
  temporary: {
    history: ['ok', 4312],
    count: ['ok', 4317],
    receipts: ['ok', 4317],
    'who is silenced': ['ok', 4317],
    'who is blocked': ['ok', 4317],
    send: ['ok', 4401],
    'send what is transient': ['ok', 4401],
    'leave a will': ['ok', 4401],
    read: ['ok', 4401],
    acknowledge: ['ok', 4401],
    update: [4314, 4309],
    mute: [4314, 4317],
    unmute: [4314, 4317],
    'add another': [4314, 4314],
    join: [4314, 4314],
    'remove another': [4314, 4314],
    quit: [4314, 4314],
    'give a role': [4314, 4317],
    silence: [4314, 4317],
    unsilence: [4314, 4317],
    block: [4314, 4317],
    unblock: [4314, 4317],
  },
  system: {
    history: ['ok', 'ok'],
    count: ['ok', 'ok'],
    receipts: ['ok', 4317],
    'who is silenced': ['ok', 4317],
    'who is blocked': ['ok', 4317],
    send: ['ok', 4401],
    'send what is transient': ['ok', 4401],
    'leave a will': ['ok', 4401],
    read: ['ok', 4401],
    acknowledge: ['ok', 4401],
    // Anybody can subscribe, so a subscription gives no right to change what all the others see.
    update: [4314, 4309],
    mute: ['ok', 4317],
    unmute: ['ok', 4317],
    'add another': [4314, 4314],
    join: ['ok', 'ok'],
    'remove another': [4314, 4317],
    quit: ['ok', 4317],
    'give a role': [4314, 4317],
    silence: [4314, 4317],
    unsilence: [4314, 4317],
    block: [4314, 4317],
    unblock: [4314, 4317],
  },
};

/** Runs each command in a new conversation. */
const outcomes = async (
  there: Cast,
  kind: Kind,
  client: RawClient,
  self: string,
): Promise<Readonly<Record<string, Outcome>>> => {
  const entries: [Name, Outcome][] = [];
  for (const name of all) entries.push([name, await outcome(client, commands[name](await made[kind](there), self))]);
  return Object.fromEntries(entries);
};

const column = (kind: Kind, index: 0 | 1): Readonly<Record<string, Outcome>> =>
  Object.fromEntries(all.map((name) => [name, table[kind][name][index]]));

describe.each(kinds)('a conversation of the kind %s', (kind) => {
  it('lets a member do what the table allows, and refuses the rest with the codes of the table', async () => {
    const there = await cast();
    expect(await outcomes(there, kind, there.jerry, 'Jerry')).toEqual(column(kind, 0));
  });

  it('lets a stranger do what the table allows, and refuses the rest with the codes of the table', async () => {
    const there = await cast();
    expect(await outcomes(there, kind, there.spike, 'Spike')).toEqual(column(kind, 1));
  });

  it('lets only the sender of a message change it', async () => {
    const there = await cast();
    const cid = await made[kind](there);
    const { id: mid } = await say(there.jerry, cid, { msg: 'mine' });
    const patch = (client: RawClient, change: object) =>
      outcome(client, { cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, ...change }] } });
    for (const change of [{ data: 'yours' }, { recall: true }]) {
      expect(await patch(there.butch, change)).toBe(4403);
      expect(await patch(there.spike, change)).toBe(kind === 'room' ? 4403 : 4401);
    }
    expect(await patch(there.jerry, { data: 'still mine' })).toBe('ok');
    expect(await patch(there.jerry, { recall: true })).toBe('ok');
  });
});

describe('a conversation that does not exist', () => {
  const unspoken: readonly Name[] = ['send', 'send what is transient', 'leave a will'];

  it.each([
    { name: 'a conversation', cid: 'f'.repeat(24), code: 4303, speaking: 4401 },
    {
      name: 'a temporary conversation, which may have been there,',
      cid: `_tmp:${'f'.repeat(24)}`,
      code: 4323,
      speaking: 4323,
    },
  ])('$name is refused with $code; a message to it is refused with $speaking', async ({ cid, code, speaking }) => {
    const { spike } = await cast();
    const got: [Name, Outcome][] = [];
    for (const name of all) got.push([name, await outcome(spike, commands[name](cid, 'Spike'))]);
    expect(got).toEqual(all.map((name) => [name, unspoken.includes(name) ? speaking : code]));
  });

  it('is refused in the same way after the back end has deleted it', async () => {
    const there = await cast();
    for (const kind of kinds) {
      const cid = await made[kind](there);
      await there.server.backEnd.delete(cid);
      const gone = kind === 'temporary' ? 4323 : 4303;
      expect([kind, await outcome(there.jerry, commands.history(cid, 'Jerry'))]).toEqual([kind, gone]);
      expect([kind, await outcome(there.jerry, commands.send(cid, 'Jerry'))]).toEqual([
        kind,
        kind === 'temporary' ? 4323 : 4401,
      ]);
    }
  });
});

describe('a query', () => {
  const find = async (client: RawClient, where: object): Promise<readonly Record<string, unknown>[]> => {
    const answer = await client.request({
      cmd: 'conv',
      op: 'query',
      convMessage: { where: { data: JSON.stringify(where) }, flag: 2, limit: 100 },
    });
    if (answer.cmd !== 'conv' || answer.op !== 'results')
      throw new Error(`results were expected, not ${JSON.stringify(answer)}`);
    return JSON.parse(answer.convMessage.results.data) as Record<string, unknown>[];
  };
  /** Keys of the protocol that can hold data of other clients. */
  const keysOf = (info: Record<string, unknown> | undefined): readonly string[] =>
    info === undefined ? [] : ['c', 'm', 'mu', 'name', 'key', 'msg', 'lm'].filter((key) => key in info);

  it.each([
    { kind: 'ordinary', member: ['c', 'm', 'mu', 'name', 'key', 'msg', 'lm'], byId: ['c'], byOthers: undefined },
    {
      kind: 'room',
      member: ['c', 'name', 'key', 'msg', 'lm'],
      byId: ['c', 'name', 'key', 'msg', 'lm'],
      byOthers: ['c', 'name', 'key', 'msg', 'lm'],
    },
    { kind: 'temporary', member: ['c', 'm', 'msg', 'lm'], byId: undefined, byOthers: undefined },
    {
      kind: 'system',
      member: ['name', 'key', 'msg', 'lm'],
      byId: ['name', 'key', 'msg', 'lm'],
      byOthers: ['name', 'key', 'msg', 'lm'],
    },
  ] as const)(
    'of the kind $kind shows a member and a stranger only the keys that each may see',
    async ({ kind, member, byId, byOthers }) => {
      const there = await cast();
      const cid = await made[kind](there);
      await outcome(there.butch, commands.mute(cid, 'Butch'));
      await there.server.backEnd.send(cid, { body: 'x' });
      const [seen] = await find(there.jerry, { objectId: cid });
      expect(keysOf(seen)).toEqual(member);
      const [shown] = await find(there.spike, { objectId: cid });
      expect([shown !== undefined, keysOf(shown)]).toEqual([byId !== undefined, byId ?? []]);
      for (const where of [{}, { objectId: { $ne: 'x' } }, { c: 'Tom' }, { name: 'Cat' }, { key: { $exists: true } }]) {
        const found = (await find(there.spike, where)).filter(({ objectId }) => objectId === cid);
        const isWanted = byOthers !== undefined && (kind !== 'system' || !('c' in where));
        expect([where, found.length]).toEqual([where, isWanted ? 1 : 0]);
        if (isWanted) expect(keysOf(found[0])).toEqual(byOthers);
      }
      for (const where of [{ m: 'Butch' }, { mu: 'Butch' }, { m: { $size: 3 } }])
        expect(await find(there.spike, where)).toEqual([]);
    },
  );
});

describe('an open conversation', () => {
  const reading: readonly Name[] = ['history', 'count'];
  const open = () => cast({ isOpen: () => true });

  it('lets everybody read, and do nothing more', async () => {
    const there = await open();
    const expected = { ...column('ordinary', 1), ...Object.fromEntries(reading.map((name) => [name, 'ok'])) };
    expect(await outcomes(there, 'ordinary', there.spike, 'Spike')).toEqual(expected);
  });

  it('is always an ordinary one: the other kinds do not change', async () => {
    for (const kind of ['room', 'temporary', 'system'] as const) {
      const there = await open();
      expect([kind, await outcomes(there, kind, there.spike, 'Spike')]).toEqual([kind, column(kind, 1)]);
    }
  });

  it('shows its members and attributes, but not which members have muted it', async () => {
    const there = await open();
    const cid = await made.ordinary(there);
    await outcome(there.butch, commands.mute(cid, 'Butch'));
    const answer = await there.spike.request({
      cmd: 'conv',
      op: 'query',
      convMessage: { where: { data: '{"key":"value"}' } },
    });
    const data = answer.cmd === 'conv' && answer.op === 'results' ? answer.convMessage.results.data : '';
    expect(JSON.parse(data)).toMatchObject([{ objectId: cid, m: ['Tom', 'Jerry', 'Butch'], name: 'Cat' }]);
    expect(data).not.toContain('"mu"');
  });

  it('is open only while the application says so; other conversations stay closed', async () => {
    const there = await cast({ isOpen: ({ attributes }) => attributes['public'] === true });
    const [closed, cid] = [await made.ordinary(there), await made.ordinary(there)];
    const update = (data: string) =>
      there.tom.request({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data } } });
    const history = (id: string) => outcome(there.spike, commands.history(id, 'Spike'));
    expect([await history(cid), await history(closed)]).toEqual([4312, 4312]);
    await update('{"public":true}');
    expect([await history(cid), await history(closed)]).toEqual(['ok', 4312]);
    await update('{"public":false}');
    expect([await history(cid), await history(closed)]).toEqual([4312, 4312]);
  });
});

describe('the back end', () => {
  it.each(kinds)('may do everything in the kind %s that the kind supports', async (kind) => {
    const there = await cast();
    const { backEnd }: RtmServer = there.server;
    const attempt = async (action: (cid: string) => Promise<unknown>): Promise<Outcome> => {
      try {
        const done = await action(await made[kind](there));
        const { failed: [first] = [] } = (done ?? {}) as { failed?: readonly { readonly code: number }[] };
        return first?.code ?? 'ok';
      } catch (refusal) {
        return (refusal as { readonly code: number }).code;
      }
    };
    const got = {
      send: await attempt((cid) => backEnd.send(cid, { body: 'x' })),
      history: await attempt((cid) => backEnd.history(cid)),
      update: await attempt((cid) => backEnd.update(cid, { name: 'Mouse' })),
      add: await attempt((cid) => backEnd.addMembers(cid, ['Quacker'])),
      remove: await attempt((cid) => backEnd.removeMembers(cid, ['Butch'])),
      role: await attempt((cid) => backEnd.setRole(cid, 'Butch', 'Manager')),
      silence: await attempt((cid) => backEnd.silence(cid, ['Butch'])),
      block: await attempt((cid) => backEnd.block(cid, ['Butch'])),
      broadcast: await attempt((cid) => backEnd.broadcast(cid, { body: 'x' })),
      'to some': await attempt((cid) => backEnd.send(cid, { body: 'x', to: ['Butch'] })),
    };
    const always = { send: 'ok', history: 'ok' };
    const expected: Readonly<Record<Kind, Readonly<Record<string, Outcome>>>> = {
      ordinary: {
        add: 'ok',
        remove: 'ok',
        role: 'ok',
        silence: 'ok',
        block: 'ok',
        update: 'ok',
        broadcast: 4313,
        'to some': 4313,
      },
      room: {
        add: 4314,
        remove: 4314,
        role: 4314,
        silence: 'ok',
        block: 'ok',
        update: 'ok',
        broadcast: 4313,
        'to some': 4313,
      },
      temporary: {
        add: 4314,
        remove: 4314,
        role: 4314,
        silence: 4314,
        block: 4314,
        update: 4314,
        broadcast: 4313,
        'to some': 4313,
      },
      system: {
        add: 'ok',
        remove: 'ok',
        role: 4314,
        silence: 'ok',
        block: 'ok',
        update: 'ok',
        broadcast: 'ok',
        'to some': 'ok',
      },
    };
    expect(got).toEqual({ ...always, ...expected[kind] });
  });
});

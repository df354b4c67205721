/** Every limit: a value exactly at the limit is allowed, and one more is refused with the code of the limit. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { subprotocols } from 'rx-realtime/codecs';
import { cloudLimits, createServer, defaultLimits, memoryStore, type ServerOptions } from 'rx-realtime/server';
import { createPriorityQueue } from '../../server/priority-queue.js';
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
  refused,
  codeOf,
} from './raw-client.js';

type Request = Parameters<RawClient['request']>[0];

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });
const names = (count: number, prefix = 'c'): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const DAY = 86_400_000;

const alone = async (options?: ServerOptions) => {
  const server = await serve(options);
  const tom = await login(server, 'Tom');
  return { server, tom, cid: await start(tom, []) };
};

describe('a limit', () => {
  it.each([
    ['messageBytes', NaN],
    ['connections', -1],
    ['members', '5'],
    ['member', 5],
  ])('that limits nothing is refused when the server starts: %s: %s', async (name, value) => {
    await expect(createServer({ limits: { [name]: value } })).rejects.toThrow(`limits.${name}: `);
  });

  it('of the store and of uploads is refused in the same way', async () => {
    expect(() => memoryStore({ historyDays: NaN })).toThrow('memoryStore.historyDays: ');
    const uploads = { directory: 'unused', maxBytes: NaN };
    await expect(createServer({ uploads })).rejects.toThrow('uploads.maxBytes: ');
  });

  it('that is undefined has its default', async () => {
    const limits: object = { messageBytes: undefined };
    const { tom, cid } = await alone({ limits });
    const sent = await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'x'.repeat(5_121) } });
    expect(sent).toMatchObject(refused(4109));
  });
});

describe('a client id', () => {
  it('has 1 to 64 characters, in every position', async () => {
    const { server, tom, cid } = await alone();
    const [longest, longer] = ['x'.repeat(64), 'x'.repeat(65)];
    const attempts = (id: string): readonly Request[] => [
      { cmd: 'session', op: 'open', peerId: id, sessionMessage: {} },
      { cmd: 'conv', op: 'start', convMessage: { m: [id] } },
      { cmd: 'conv', op: 'start', convMessage: { m: [id], tempConv: true } },
      { cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } },
      { cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: [id] } },
      { cmd: 'conv', op: 'remove_shutup', convMessage: { cid, m: [id] } },
      { cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: [id] } },
      { cmd: 'blacklist', op: 'unblock', blacklistMessage: { srcCid: cid, toPids: [id] } },
    ];
    const socket = await login(server, 'Spike');
    for (const [index, command] of attempts(longest).entries())
      expect((await (index === 0 ? socket : tom).request(command)).cmd).not.toBe('error');
    for (const id of [longer, ''])
      for (const command of attempts(id)) expect(await tom.request(command)).toMatchObject(error(4103));
  });
});

describe('a message', () => {
  it('has up to 5,120 bytes, push data included, in every form', async () => {
    const { tom, cid } = await alone();
    const push = (bytes: number): string => `{"alert":"${'y'.repeat(bytes - 12)}"}`;
    const bodies = (bytes: number): readonly object[] => [
      { msg: 'x'.repeat(bytes) },
      { msg: `${'水'.repeat(1_000)}${'x'.repeat(bytes - 3_000)}` },
      { binaryMsg: new Uint8Array(bytes) },
      { msg: 'x'.repeat(bytes - 120), pushData: push(120) },
      { binaryMsg: new Uint8Array(bytes - 120), pushData: push(120) },
      { msg: 'x'.repeat(bytes), transient: true },
      { msg: 'x'.repeat(bytes), will: true },
      { msg: 'x'.repeat(bytes - 120), will: true, pushData: push(120) },
    ];
    for (const body of bodies(5_120)) await say(tom, cid, body);
    for (const body of bodies(5_121))
      expect(await tom.request({ cmd: 'direct', directMessage: { cid, ...body } })).toMatchObject(refused(4109));
    const { id: mid } = await say(tom, cid, { msg: 'x' });
    const edit = (change: object) =>
      tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, ...change }] } });
    for (const bytes of [5_120, 5_121])
      for (const change of [{ data: 'x'.repeat(bytes) }, { binaryMsg: new Uint8Array(bytes) }])
        expect(await edit(change)).toMatchObject(bytes === 5_120 ? { op: 'modified' } : error(4109));
  });

  it('has the same limit when it is changed, mentions included', async () => {
    const { server, tom, cid } = await alone();
    const { id: mid } = await say(tom, cid, { msg: 'x' });
    const edit = (bytes: number, mentionPids: string[]) =>
      tom.request({
        cmd: 'patch',
        op: 'modify',
        patchMessage: { patches: [{ cid, mid, data: 'x'.repeat(bytes), mentionPids }] },
      });
    expect(await edit(5_060, ['y'.repeat(30), 'z'.repeat(30)])).toMatchObject({ op: 'modified' });
    expect(await edit(5_060, ['y'.repeat(30), 'z'.repeat(31)])).toMatchObject(error(4109));
    expect(await edit(0, names(2_000))).toMatchObject(error(4109));
    await expect(server.backEnd.edit(cid, mid, { body: 'x'.repeat(5_119), mentions: ['yz'] })).rejects.toMatchObject({
      code: 4109,
    });
  });

  it('has the same limit when a hook changes an edit', async () => {
    const { tom, cid } = await alone({ hooks: { messageUpdate: ({ content }) => ({ content: content.repeat(2) }) } });
    const { id: mid } = await say(tom, cid, { msg: 'x' });
    const edit = (bytes: number) =>
      tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, data: 'x'.repeat(bytes) }] } });
    expect(await edit(2_560)).toMatchObject({ op: 'modified' });
    expect(await edit(2_561)).toMatchObject(error(4109));
  });

  it('counts its mentions together with the body from a hook', async () => {
    const server = await serve({ hooks: { messageReceived: () => ({ content: 'x'.repeat(5_119) }) } });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const send = (mentionPids: string[]) =>
      tom.request({ cmd: 'direct', directMessage: { cid, msg: 'a', mentionPids } });
    expect(await send(['y'])).toMatchObject({ cmd: 'ack', ackMessage: { uid: expect.any(String) as string } });
    expect(await send(['yz'])).toMatchObject(refused(4109));
  });

  it('of the back end has the same limit, and mentions up to 20 clients', async () => {
    const { server, cid } = await alone();
    await server.backEnd.send(cid, { body: 'x'.repeat(5_120), mentions: names(20) });
    await expect(server.backEnd.send(cid, { body: 'x'.repeat(5_121) })).rejects.toMatchObject({ code: 4109 });
    await expect(server.backEnd.send(cid, { body: 'x', mentions: names(21) })).rejects.toMatchObject({ code: 4114 });
  });
});

describe('a frame', () => {
  it('has up to 65,536 bytes; above that the socket closes with 4109, above twice that with 1009', async () => {
    const { server } = await alone();
    for (const [bytes, code] of [
      [65_537, 4109],
      [131_072, 4109],
      [131_073, 1009],
    ] as const) {
      const client = await login(server, `c${bytes}`);
      client.socket.send(Buffer.alloc(65_536, 0xff));
      expect(await client.push('error')).toMatchObject({ errorMessage: { code: 4114 } });
      client.socket.send(Buffer.alloc(bytes, 0xff));
      expect(await client.closed).toMatchObject({ code });
    }
  });

  it('of text has the same limit', async () => {
    const { server } = await alone();
    const client = await dial(server.url, subprotocols.base64);
    client.socket.send('/'.repeat(65_536));
    expect(await client.push('error')).toMatchObject({ errorMessage: { code: 4114 } });
    client.socket.send('/'.repeat(65_537));
    expect(await client.closed).toMatchObject({ code: 4109 });
  });
});

describe('members', () => {
  it('of an ordinary conversation are up to 500, when they are added in any way', async () => {
    const { tom } = await alone();
    const cid = await start(tom, names(499));
    const add = (m: readonly string[]) => tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [...m] } });
    expect(await add(['late'])).toMatchObject({ convMessage: { failedPids: [{ code: 4304, pids: ['late'] }] } });
    expect(await tom.request({ cmd: 'conv', op: 'start', convMessage: { m: names(500) } })).toMatchObject(error(4304));
    await tom.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['c0'] } });
    expect(await add(['c1', 'last', 'late'])).toMatchObject({
      convMessage: { allowedPids: ['last', 'c1'], failedPids: [{ code: 4304, pids: ['late'] }] },
    });
    expect(await tom.request({ cmd: 'conv', op: 'count', convMessage: { cid } })).toMatchObject({
      convMessage: { count: 500 },
    });
  });

  it('are counted when they join, as when they are added', async () => {
    const server = await serve({ limits: { members: 2 } });
    const [tom, jerry, spike] = [
      await login(server, 'Tom'),
      await login(server, 'Jerry'),
      await login(server, 'Spike'),
    ];
    const cid = await start(tom, []);
    const join = (client: RawClient, id: string) =>
      client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } });
    expect(await join(jerry, 'Jerry')).toMatchObject({ convMessage: { allowedPids: ['Jerry'] } });
    expect(await join(spike, 'Spike')).toMatchObject({
      convMessage: { failedPids: [{ code: 4304, pids: ['Spike'] }] },
    });
  });

  it('of a temporary conversation are up to 10', async () => {
    const { tom } = await alone();
    await start(tom, names(9), { tempConv: true });
    await start(tom, ['Tom', ...names(9), 'c0'], { tempConv: true });
    expect(
      await tom.request({ cmd: 'conv', op: 'start', convMessage: { m: names(10), tempConv: true } }),
    ).toMatchObject(error(4304));
  });

  it('of a system conversation have no limit', async () => {
    const server = await serve({ limits: { members: 2 } });
    const { id } = await server.backEnd.create({ kind: 'system' });
    expect(await server.backEnd.addMembers(id, names(50))).toMatchObject({ allowed: names(50), failed: [] });
  });
});

describe('attributes', () => {
  /** JSON with this number of bytes, with a name or without one. */
  const json = (bytes: number, isNamed: boolean): string => {
    const [before, after] = isNamed ? ['{"name":"Cheese","a":"', '"}'] : ['{"a":"', '"}'];
    return `${before}${'x'.repeat(bytes - before.length - after.length)}${after}`;
  };

  it.each([true, false])('have up to 16,384 bytes when a conversation is created; with a name: %s', async (isNamed) => {
    const { tom } = await alone();
    const create = (bytes: number) =>
      tom.request({ cmd: 'conv', op: 'start', convMessage: { attr: { data: json(bytes, isNamed) } } });
    expect(await create(16_384)).toMatchObject({ op: 'started' });
    expect(await create(16_385)).toMatchObject(error(4301));
  });

  it.each([true, false])('have the same limit when they are changed; with a name: %s', async (isNamed) => {
    const { tom, cid } = await alone();
    const update = (bytes: number) =>
      tom.request({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: json(bytes, isNamed) } } });
    expect(await update(16_384)).toMatchObject({ op: 'updated' });
    expect(await update(16_385)).toMatchObject(error(4306));
  });

  it('have one limit for old and new ones together, the name included', async () => {
    const { tom } = await alone();
    const cid = await start(tom, [], { attr: { data: json(16_000, true) } });
    const update = (data: string) => tom.request({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data } } });
    // {"b":"…"} joins the others: a comma replaces its braces.
    expect(await update(`{"b":"${'x'.repeat(384 - 7)}"}`)).toMatchObject({ op: 'updated' });
    expect(await update(`{"b":"${'x'.repeat(384 - 6)}"}`)).toMatchObject(error(4306));
    expect(await update('{"name":"Cheeses"}')).toMatchObject(error(4306));
    expect(await update('{"b":{"__op":"Delete"}}')).toMatchObject({ op: 'updated' });
  });
});

describe('a list of a conversation', () => {
  it.each([
    { list: 'silenced', code: 4561 },
    { list: 'blocked', code: 4543 },
  ] as const)('of who is $list has 500 clients, not 501: $code; who goes makes room', async ({ list, code }) => {
    const { tom } = await alone();
    const cid = await start(tom, [], { transient: true });
    const change = async (isOn: boolean, ids: string[]): Promise<unknown> => {
      const answer: Received = await (list === 'silenced'
        ? tom.request({ cmd: 'conv', op: isOn ? 'add_shutup' : 'remove_shutup', convMessage: { cid, m: ids } })
        : tom.request({
            cmd: 'blacklist',
            op: isOn ? 'block' : 'unblock',
            blacklistMessage: { srcCid: cid, toPids: ids },
          }));
      if (answer.cmd === 'conv') return answer.convMessage;
      return answer.cmd === 'blacklist' ? answer.blacklistMessage : answer;
    };
    expect(await change(true, names(501))).toMatchObject({
      allowedPids: names(500),
      failedPids: [{ code, pids: ['c500'] }],
    });
    expect(await change(true, ['c0', 'late'])).toMatchObject({
      allowedPids: ['c0'],
      failedPids: [{ code, pids: ['late'] }],
    });
    expect(await change(false, ['c0'])).toMatchObject({ allowedPids: ['c0'] });
    expect(await change(true, ['late'])).toMatchObject({ allowedPids: ['late'] });
  });

  it('comes in pages of at most 100, and of 50 by default', async () => {
    const { tom } = await alone();
    const cid = await start(tom, [], { transient: true });
    await tom.request({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: names(150) } });
    const lengthOf = async (limit?: number): Promise<number> => {
      const answer = await tom.request({
        cmd: 'conv',
        op: 'query_shutup',
        convMessage: { cid, ...(limit === undefined ? {} : { limit }) },
      });
      return answer.cmd === 'conv' && answer.op === 'shutup_result' ? (answer.convMessage.m ?? []).length : -1;
    };
    expect([await lengthOf(), await lengthOf(1), await lengthOf(100), await lengthOf(101)]).toEqual([50, 1, 100, 100]);
  });
});

describe('in a minute, with the limits of the cloud, a client', () => {
  const minute = async (limits: ServerOptions['limits'] = cloudLimits) => {
    const clock = settable(1_700_000_000_000);
    const server = await serve({ clock, limits: { ...limits } });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    const { id: mid } = await say(tom, cid, { msg: 'x' });
    // The allowance is full again.
    clock.set(clock.now() + 60_000);
    return { server, clock, tom, cid, mid };
  };

  const kinds: readonly {
    readonly name: string;
    readonly count: number;
    readonly code: number;
    readonly command: (cid: string, mid: string) => Request;
  }[] = [
    { name: 'sends', count: 60, code: 4116, command: (cid) => ({ cmd: 'direct', directMessage: { cid, msg: 'x' } }) },
    {
      name: 'sends what is transient',
      count: 60,
      code: 4116,
      command: (cid) => ({ cmd: 'direct', directMessage: { cid, transient: true } }),
    },
    {
      name: 'edits',
      count: 60,
      code: 4116,
      command: (cid, mid) => ({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, data: 'y' }] } }),
    },
    { name: 'asks for history', count: 120, code: 4318, command: (cid) => ({ cmd: 'logs', logsMessage: { cid } }) },
    {
      name: 'asks for conversations',
      count: 30,
      code: 4318,
      command: () => ({ cmd: 'conv', op: 'query', convMessage: { limit: 1 } }),
    },
    { name: 'creates', count: 30, code: 4318, command: () => ({ cmd: 'conv', op: 'start', convMessage: {} }) },
    {
      name: 'updates',
      count: 30,
      code: 4318,
      command: (cid) => ({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{}' } } }),
    },
    { name: 'mutes', count: 30, code: 4318, command: (cid) => ({ cmd: 'conv', op: 'mute', convMessage: { cid } }) },
    { name: 'counts', count: 30, code: 4318, command: (cid) => ({ cmd: 'conv', op: 'count', convMessage: { cid } }) },
    {
      name: 'asks for receipts',
      count: 30,
      code: 4318,
      command: (cid) => ({ cmd: 'conv', op: 'max_read', convMessage: { cid } }),
    },
    {
      name: 'joins',
      count: 30,
      code: 4318,
      command: (cid) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom'] } }),
    },
    {
      name: 'lists who is blocked',
      count: 30,
      code: 4318,
      command: (srcCid) => ({ cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid } }),
    },
    {
      name: 'asks who is online',
      count: 30,
      code: 4318,
      command: () => ({ cmd: 'session', op: 'query', sessionMessage: {} }),
    },
  ];

  it.each(kinds)(
    '$name up to $count times, then gets $code; and once more after its share of the minute',
    async ({ count, code, command }) => {
      const { clock, tom, cid, mid } = await minute();
      const ask = () => tom.request(command(cid, mid));
      for (let n = 0; n < count; n += 1) expect(codeOf(await ask())).toBeUndefined();
      expect(codeOf(await ask())).toBe(code);
      clock.set(clock.now() + 60_000 / count - 1);
      expect(codeOf(await ask())).toBe(code);
      clock.set(clock.now() + 1);
      expect(codeOf(await ask())).toBeUndefined();
      expect(codeOf(await ask())).toBe(code);
      clock.set(clock.now() + 3_600_000);
      for (let n = 0; n < count; n += 1) expect(codeOf(await ask())).toBeUndefined();
      expect(codeOf(await ask())).toBe(code);
    },
  );

  it('uses one allowance for all commands of a kind, and a separate one for each kind', async () => {
    const { tom, cid, mid } = await minute({ sendsPerMinute: 3, historyPerMinute: 3, othersPerMinute: 3 });
    const commandOf = (name: string): Request => {
      const kind = kinds.find((each) => each.name === name);
      if (kind === undefined) throw new Error(`there is no ${name}`);
      return kind.command(cid, mid);
    };
    for (const name of ['sends', 'edits', 'sends what is transient', 'counts', 'mutes', 'asks for conversations'])
      expect(codeOf(await tom.request(commandOf(name)))).toBeUndefined();
    for (const [name, code] of [
      ['sends', 4116],
      ['edits', 4116],
      ['counts', 4318],
      ['creates', 4318],
    ] as const)
      expect(codeOf(await tom.request(commandOf(name)))).toBe(code);
    expect(await tom.request(commandOf('asks for history'))).toMatchObject({ cmd: 'logs' });
    tom.send({ cmd: 'read', readMessage: { cid } });
    tom.send({ cmd: 'ack', ackMessage: { cid, mid } });
    await tom.settle();
    expect(tom.inbox.filter(({ cmd }) => cmd === 'error')).toEqual([]);
  });

  it('changes as many messages as it may send, even in one command', async () => {
    const { tom, cid, mid } = await minute({ sendsPerMinute: 3 });
    const edits = (count: number) =>
      tom.request({
        cmd: 'patch',
        op: 'modify',
        patchMessage: { patches: Array.from({ length: count }, (_, n) => ({ cid, mid, data: `${n}` })) },
      });
    expect(await edits(3)).toMatchObject({ op: 'modified' });
    expect(await edits(1)).toMatchObject(error(4116));
  });

  it('logs in up to 30 times, on all its connections', async () => {
    const { server, clock } = await minute();
    const logIn = async () => open(await dial(server.url), 'Jerry');
    for (let n = 0; n < 30; n += 1) expect(await logIn()).toMatchObject({ op: 'opened' });
    expect(await logIn()).toMatchObject(error(4318));
    clock.set(clock.now() + 2_000);
    expect(await logIn()).toMatchObject({ op: 'opened' });
  });

  it('shares the limit of the application with all other clients', async () => {
    const clock = settable(1_700_000_000_000);
    // Two logins and one conversation.
    const server = await serve({ clock, limits: { commandsPerMinute: 3 + 4 } });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const ask = (client: RawClient, cmd: 'logs' | 'direct') =>
      client.request(cmd === 'logs' ? { cmd, logsMessage: { cid } } : { cmd, directMessage: { cid, msg: 'x' } });
    for (const client of [tom, jerry])
      for (const cmd of ['direct', 'logs'] as const) expect(codeOf(await ask(client, cmd))).toBeUndefined();
    for (const client of [tom, jerry])
      for (const cmd of ['direct', 'logs'] as const) expect(codeOf(await ask(client, cmd))).toBe(4318);
    await tom.settle();
    expect(await open(await dial(server.url), 'Spike')).toMatchObject(error(4318));
    clock.set(clock.now() + 60_000);
    expect(codeOf(await ask(tom, 'direct'))).toBeUndefined();
  });
});

describe('a query', () => {
  it('of history returns 0 to 1,000 messages, 20 by default; other limits are refused with 4311', async () => {
    const { server, tom, cid } = await alone();
    for (let n = 0; n < 1_001; n += 1) await server.backEnd.send(cid, { body: String(n) });
    expect((await page(tom, cid)).length).toBe(20);
    expect((await page(tom, cid, { l: 1 })).length).toBe(1);
    expect((await page(tom, cid, { l: 1_000 })).length).toBe(1_000);
    expect((await page(tom, cid, { l: 0 })).length).toBe(0);
    for (const l of [-1, 1_001])
      expect(await tom.request({ cmd: 'logs', logsMessage: { cid, l } })).toMatchObject(error(4311));
  });

  it('of conversations returns at most 1,000, 10 by default; higher limits are refused with 4310', async () => {
    const { server, tom } = await alone();
    for (let n = 0; n < 1_000; n += 1) await server.backEnd.create({ members: ['Tom'] });
    const query = (fields: object) =>
      tom.request({ cmd: 'conv', op: 'query', convMessage: { where: { data: '{"m":"Tom"}' }, ...fields } });
    const lengthOf = async (fields: object): Promise<number> => {
      const answer = await query(fields);
      if (answer.cmd !== 'conv' || answer.op !== 'results') throw new Error(JSON.stringify(answer));
      return (JSON.parse(answer.convMessage.results.data) as unknown[]).length;
    };
    expect([await lengthOf({}), await lengthOf({ limit: 0 }), await lengthOf({ limit: 1_000 })]).toEqual([
      10, 0, 1_000,
    ]);
    expect(await lengthOf({ limit: 1_000, skip: 1_000 })).toBe(1);
    expect(await query({ limit: 1_001 })).toMatchObject(error(4310));
  });

  it('of temporary conversations names up to 1,000 ids', async () => {
    const { tom } = await alone();
    const query = (count: number) =>
      tom.request({ cmd: 'conv', op: 'query', convMessage: { tempConvIds: names(count, '_tmp:') } });
    expect(await query(1_000)).toMatchObject({ op: 'results' });
    expect(await query(1_001)).toMatchObject(error(4310));
  });

  it('for online clients names up to 20 clients', async () => {
    const { tom } = await alone();
    const query = (ids: string[]) =>
      tom.request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: ids } });
    expect(await query([...names(19), 'Tom'])).toMatchObject({ sessionMessage: { onlineSessionPeerIds: ['Tom'] } });
    expect(await query([...names(20), 'Tom'])).toMatchObject(error(4200));
  });
});

describe('a login', () => {
  const unreadOf = async (client: RawClient): Promise<readonly { readonly cid: string; readonly unread: number }[]> =>
    (await client.push('unread')).unreadMessage.convs ?? [];

  it('reports unread messages in the 50 conversations with the latest activity', async () => {
    const clock = settable();
    const server = await serve({ clock });
    const cids: string[] = [];
    for (let n = 0; n < 51; n += 1) cids.push((await server.backEnd.create({ members: ['Jerry'] })).id);
    // The conversation that was created first has the latest message.
    for (const cid of [...cids].reverse()) {
      clock.set(clock.now() + 1);
      await server.backEnd.send(cid, { body: 'x' });
    }
    const jerry = await dial(server.url);
    await open(jerry, 'Jerry');
    expect((await unreadOf(jerry)).map(({ cid }) => cid)).toEqual(cids.slice(0, 50));
  });

  it('counts up to 100 unread messages of a conversation', async () => {
    const server = await serve();
    const { id } = await server.backEnd.create({ members: ['Jerry', 'Spike'] });
    const countFor = async (clientId: string): Promise<readonly number[]> => {
      const client = await dial(server.url);
      await open(client, clientId);
      return (await unreadOf(client)).map(({ unread }) => unread);
    };
    for (let n = 0; n < 99; n += 1) await server.backEnd.send(id, { body: 'x' });
    const counts = [await countFor('Jerry')];
    for (let n = 0; n < 2; n += 1) {
      await server.backEnd.send(id, { body: 'x' });
      counts.push(await countFor('Jerry'));
    }
    expect(counts).toEqual([[99], [100], [100]]);
  });

  it('in the offline mode delivers the latest 20 messages of each of the 50 latest conversations', async () => {
    const clock = settable();
    const server = await serve({ clock });
    const cids: string[] = [];
    for (let n = 0; n < 51; n += 1) {
      const { id } = await server.backEnd.create({ members: ['Jerry'] });
      cids.push(id);
      clock.set(clock.now() + 1_000);
      for (let m = 0; m < (n < 49 ? 1 : n - 29); m += 1) await server.backEnd.send(id, { body: String(m) });
    }
    const jerry = await dial(server.url, subprotocols.binaryOffline);
    await open(jerry, 'Jerry');
    await jerry.settle();
    const messages = jerry.inbox.flatMap((push) => (push.cmd === 'direct' ? [push.directMessage] : []));
    const of = (index: number) =>
      messages.filter(({ cid }) => cid === cids[index]).map(({ msg, hasMore }) => [msg, hasMore]);
    const words = (from: number, count: number) => Array.from({ length: count }, (_, n) => String(n + from));
    // Exactly twenty.
    expect(of(49)).toEqual(words(0, 20).map((word) => [word, undefined]));
    // The latest twenty of the twenty-one.
    expect(of(50)).toEqual(words(1, 20).map((word, n) => [word, n === 0 ? true : undefined]));
    expect(of(0)).toEqual([]);
    expect(of(1)).toEqual([['0', undefined]]);
    expect(new Set(messages.map(({ cid }) => cid)).size).toBe(50);
  });

  it('sends changes up to its limit, earliest first', async () => {
    const clock = settable();
    const server = await serve({ clock, limits: { patchesAtLogin: 3 } });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const ids: string[] = [];
    const change = async (): Promise<void> => {
      const { id: mid } = await say(tom, cid, { msg: 'x' });
      ids.push(mid);
      clock.set(clock.now() + 1);
      await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, data: 'y' }] } });
    };
    const told = async (): Promise<readonly string[]> => {
      const jerry = await dial(server.url);
      await open(jerry, 'Jerry', { lastPatchTime: 0, configBitmap: 1 });
      await jerry.settle();
      return jerry.inbox
        .flatMap((push) => (push.cmd === 'patch' && push.op === 'modify' ? (push.patchMessage.patches ?? []) : []))
        .map(({ mid }) => mid);
    };
    for (let n = 0; n < 3; n += 1) await change();
    expect(await told()).toEqual(ids);
    await change();
    expect(await told()).toEqual(ids.slice(0, 3));
  });

  it('is one of up to 20 on a socket', async () => {
    const { server } = await alone();
    const socket = await dial(server.url);
    for (const id of names(20)) expect(await open(socket, id)).toMatchObject({ op: 'opened' });
    expect(await open(socket, 'c20')).toMatchObject(error(4113));
    expect(await open(socket, 'c0')).toMatchObject({ op: 'opened' });
    await socket.request({ cmd: 'session', op: 'close', peerId: 'c7' });
    expect(await open(socket, 'c20')).toMatchObject({ op: 'opened' });
  });
});

describe('a signature', () => {
  const NOW = 1_700_000_000_000;
  const SIX_HOURS = 6 * 3_600_000;

  it.each([
    { unit: 'ms', of: 1 },
    { unit: 's', of: 1_000 },
  ])('is valid for six hours before and after its time in $unit, and no longer', async ({ of }) => {
    const server = await serve({ masterKey: 'key', clock: settable(NOW) });
    let nonces = 0;
    const logIn = async (signedAt: number) => {
      const [t, n] = [signedAt / of, `n${(nonces += 1)}`];
      const s = createHmac('sha1', 'key').update(`app:Tom::${t}:${n}`).digest('hex');
      return open(await dial(server.url), 'Tom', { t, n, s });
    };
    for (const signedAt of [NOW, NOW - SIX_HOURS, NOW + SIX_HOURS])
      expect(await logIn(signedAt)).toMatchObject({ op: 'opened' });
    for (const signedAt of [NOW - SIX_HOURS - of, NOW + SIX_HOURS + of])
      expect(await logIn(signedAt)).toMatchObject(error(4102));
  });

  it('stays used up for as long as it would be valid', async () => {
    const clock = settable(NOW);
    const server = await serve({ masterKey: 'key', clock });
    const t = NOW + SIX_HOURS;
    const s = createHmac('sha1', 'key').update(`app:Tom::${t}:n`).digest('hex');
    const logIn = async () => open(await dial(server.url), 'Tom', { t, n: 'n', s });
    expect(await logIn()).toMatchObject({ op: 'opened' });
    for (const time of [NOW + 1, NOW + SIX_HOURS, NOW + 2 * SIX_HOURS, NOW + 2 * SIX_HOURS + 1]) {
      clock.set(time);
      // Each new signature makes the server look through the ones that it remembers.
      const other = createHmac('sha1', 'key').update(`app:Jerry::${time}:n${time}`).digest('hex');
      expect(await open(await dial(server.url), 'Jerry', { t: time, n: `n${time}`, s: other })).toMatchObject({
        op: 'opened',
      });
      expect(await logIn()).toMatchObject(error(4102));
    }
  });
});

describe('a token', () => {
  it('is valid for two days, and no longer', async () => {
    expect(defaultLimits.tokenTtl).toBe(2 * 86_400);
    for (const [age, answer] of [
      [2 * DAY - 1, { op: 'opened' }],
      [2 * DAY, error(4112)],
    ] as const) {
      const clock = settable();
      const server = await serve({ clock });
      const st = tokenOf(await open(await dial(server.url), 'Tom'));
      clock.set(clock.now() + age);
      expect(await open(await dial(server.url), 'Tom', { st, r: true })).toMatchObject(answer);
    }
  });

  it('ends with a forced logout, on all devices and over HTTP', async () => {
    const server = await serve();
    const devices = [await dial(server.url), await dial(server.url)];
    const tokens: string[] = [];
    for (const device of devices) tokens.push(tokenOf(await open(device, 'Tom')));
    await server.kick('Tom');
    for (const device of devices)
      expect(await device.push('session')).toMatchObject({ op: 'closed', sessionMessage: { code: 4115 } });
    for (const st of tokens) {
      expect(await open(await dial(server.url), 'Tom', { st, r: true })).toMatchObject(error(4112));
      expect(
        await (devices[0] ?? (await dial(server.url))).request({
          cmd: 'session',
          op: 'refresh',
          sessionMessage: { st },
        }),
      ).toMatchObject(error(4105));
      const { status } = await fetch(`http://127.0.0.1:${server.port}/1.1/rtm/notifications?client_id=Tom`, {
        headers: { 'x-lc-im-session-token': st },
      });
      expect(status).toBe(401);
    }
  });
});

describe('a query of conversations', () => {
  it('takes up to the number of steps that the store allows, and is refused with 4310 above it', async () => {
    // Each of the two conversations costs 20 steps for itself and 3 for the condition beside its member. The text costs
    // 5 steps (the instructions of the expression) for each of its 9 characters and for its end.
    const steps = 2 * (20 + 3) + 5 * (9 + 1);
    for (const [querySteps, answer] of [
      [steps, { op: 'results' }],
      [steps - 1, error(4310)],
    ] as const) {
      const { tom } = await alone({ store: memoryStore({ querySteps }) });
      await start(tom, [], { attr: { data: '{"x":"cheesecat"}' } });
      const where = { data: '{"m":"Tom","x":{"$regex":"[cd]at"}}' };
      expect(await tom.request({ cmd: 'conv', op: 'query', convMessage: { where } })).toMatchObject(answer);
    }
  });
});

describe('notices for a client that is offline', () => {
  const away = async (kept: number, options?: Parameters<typeof memoryStore>[0]) => {
    const store = memoryStore(options);
    const server = await serve({ store });
    const st = tokenOf(await open(await dial(server.url), 'Jerry'));
    for (let at = 1; at <= kept; at += 1)
      await store.keepNotice(['Jerry'], {
        at,
        command: { cmd: 'conv', op: 'joined', serverTs: at, convMessage: { cid: `c${at}` } },
      });
    const missed: string[] = [];
    for (let [since, more] = [0, true]; more;) {
      const response = await fetch(
        `http://127.0.0.1:${server.port}/1.1/rtm/notifications?client_id=Jerry&notification_type=permanent&start_ts=${since}`,
        {
          headers: { 'x-lc-im-session-token': st },
        },
      );
      const { hasMore, notifications } = (await response.json()) as {
        hasMore: boolean;
        notifications: readonly { cid: string; serverTs: number }[];
      };
      missed.push(...notifications.map(({ cid }) => cid));
      [since, more] = [notifications.at(-1)?.serverTs ?? since, hasMore];
    }
    return missed;
  };

  it('are the latest 5,000, in pages', async () => {
    const latest = names(5_000).map((_, index) => `c${index + 2}`);
    expect(await away(5_001)).toEqual(latest);
  });

  it.each([2, 3, 4, 5, 6, 7])('are as many as the store is configured to keep: 3 of %i', async (kept) => {
    expect(await away(kept, { notices: 3 })).toEqual(
      names(kept)
        .map((_, index) => `c${index + 1}`)
        .slice(-3),
    );
  });
});

describe('after some time', () => {
  const NOW = 1_700_000_000_000;
  const aged = async (options: Parameters<typeof memoryStore>[0] = {}) => {
    const clock = settable(NOW);
    const server = await serve({ clock, store: memoryStore({ clock, ...options }), limits: { tokenTtl: 2 ** 30 } });
    const tom = await login(server, 'Tom');
    return { clock, server, tom, cid: await start(tom, ['Jerry']) };
  };
  const send = (client: RawClient, cid: string) => client.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } });

  it('a conversation without activity for 180 days is deleted, and not earlier', async () => {
    for (const [age, answer] of [
      [180 * DAY - 1, { ackMessage: { uid: expect.any(String) as string } }],
      [180 * DAY, refused(4401)],
    ] as const) {
      const { clock, tom, cid } = await aged();
      clock.set(NOW + age);
      expect(await send(tom, cid)).toMatchObject(answer);
    }
  });

  it('a deleted conversation is not found by a query, history, a count or a login', async () => {
    const { clock, server, tom, cid } = await aged();
    await send(tom, cid);
    clock.set(NOW + 180 * DAY);
    const codes: unknown[] = [];
    for (const command of [
      { cmd: 'logs', logsMessage: { cid } },
      { cmd: 'conv', op: 'count', convMessage: { cid } },
      { cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom'] } },
      { cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{}' } } },
    ] satisfies Request[]) {
      const answer = await tom.request(command);
      codes.push(answer.cmd === 'error' ? answer.errorMessage.code : answer);
    }
    expect(codes).toEqual([4303, 4303, 4303, 4303]);
    for (const data of [`{"objectId":"${cid}"}`, '{"m":"Tom"}', '{}'])
      expect(await tom.request({ cmd: 'conv', op: 'query', convMessage: { where: { data } } })).toMatchObject({
        convMessage: { results: { data: '[]' } },
      });
    const jerry = await dial(server.url);
    await open(jerry, 'Jerry');
    expect((await jerry.push('unread')).unreadMessage.convs ?? []).toEqual([]);
  });

  it('a deleted unique conversation is created again', async () => {
    const { clock, tom } = await aged();
    const first = await start(tom, ['Jerry'], { unique: true });
    clock.set(NOW + 180 * DAY - 1);
    expect(await start(tom, ['Jerry'], { unique: true })).toBe(first);
    clock.set(NOW + 180 * DAY);
    expect(await start(tom, ['Jerry'], { unique: true })).not.toBe(first);
  });

  it.each([
    { what: 'a message', command: (cid: string): Request => ({ cmd: 'direct', directMessage: { cid, msg: 'x' } }) },
    {
      what: 'an update',
      command: (cid: string): Request => ({
        cmd: 'conv',
        op: 'update',
        convMessage: { cid, attr: { data: '{"a":1}' } },
      }),
    },
  ])('$what keeps a conversation for another 180 days', async ({ command }) => {
    const { clock, tom, cid } = await aged();
    clock.set(NOW + 179 * DAY);
    expect(codeOf(await tom.request(command(cid)))).toBeUndefined();
    clock.set(NOW + (179 + 180) * DAY - 1);
    expect(await tom.request({ cmd: 'conv', op: 'count', convMessage: { cid } })).toMatchObject({ op: 'result' });
    clock.set(NOW + (179 + 180) * DAY);
    expect(await send(tom, cid)).toMatchObject(refused(4401));
  });

  it('a message is kept for 180 days, and no longer', async () => {
    const { clock, server, cid } = await aged({ conversationDays: 1_000 });
    const tom = await login(server, 'Tom');
    await say(tom, cid, { msg: 'old' });
    clock.set(NOW + 180 * DAY);
    expect(await page(tom, cid)).toEqual(['old']);
    clock.set(NOW + 180 * DAY + 1);
    expect(await page(tom, cid)).toEqual([]);
    expect(await server.backEnd.history(cid)).toEqual([]);
  });

  it('a message is not kept longer because there are newer ones', async () => {
    const { clock, tom, cid } = await aged();
    await say(tom, cid, { msg: 'old' });
    clock.set(NOW + 100 * DAY);
    for (const msg of ['new', 'newer']) await say(tom, cid, { msg });
    clock.set(NOW + 180 * DAY);
    expect(await page(tom, cid)).toEqual(['old', 'new', 'newer']);
    clock.set(NOW + 180 * DAY + 1);
    expect(await page(tom, cid)).toEqual(['new', 'newer']);
  });

  it('a conversation lasts 180 days after its last message, even if messages are kept for less time', async () => {
    const { clock, tom, cid } = await aged({ historyDays: 7 });
    clock.set(NOW + 100 * DAY);
    await say(tom, cid, { msg: 'x' });
    clock.set(NOW + 190 * DAY);
    expect(await page(tom, cid)).toEqual([]);
    expect(await send(tom, cid)).toMatchObject({ cmd: 'ack' });
  });

  it('a temporary conversation lasts from one second to 30 days, and one day by default', async () => {
    const { clock, tom } = await aged();
    const create = (tempConvTTL?: number) =>
      tom.request({
        cmd: 'conv',
        op: 'start',
        convMessage: { tempConv: true, ...(tempConvTTL === undefined ? {} : { tempConvTTL }) },
      });
    for (const [ttl, lasts] of [
      [1, 1],
      [30 * 86_400, 30 * 86_400],
      [undefined, 86_400],
    ] as const) {
      const answer = await create(ttl);
      expect(answer).toMatchObject({ op: 'started', convMessage: { tempConvTTL: lasts } });
      const cid = answer.cmd === 'conv' && answer.op === 'started' ? answer.convMessage.cid : '';
      const made = clock.now();
      clock.set(made + lasts * 1_000 - 1);
      expect(await send(tom, cid)).toMatchObject({ cmd: 'ack' });
      clock.set(made + lasts * 1_000);
      expect(await send(tom, cid)).toMatchObject(refused(4323));
    }
    for (const ttl of [0, 30 * 86_400 + 1]) expect(await create(ttl)).toMatchObject(error(4301));
  });
});

describe('the queue of a slow reader', () => {
  it('keeps as many room messages as allowed: it drops low ones first, then normal ones, never high ones', () => {
    const { roomQueue: limit } = defaultLimits;
    const waiting = createPriorityQueue<string>(limit);
    const add = (count: number, name: string, priority: 1 | 2 | 3): readonly string[] =>
      Array.from({ length: count }, (_, n) => waiting.add(`${name} ${n}`, priority)).flatMap(
        (dropped) => dropped?.item ?? [],
      );
    expect(add(2, 'low', 3)).toEqual([]);
    expect(add(limit - 2, 'normal', 2)).toEqual([]);
    expect(waiting.size()).toBe(limit);
    expect(add(1, 'high', 1)).toEqual(['low 0']);
    expect(add(1, 'lower', 3)).toEqual(['low 1']);
    expect(add(2, 'last', 2)).toEqual(['lower 0', 'normal 0']);
    expect(add(1, 'lowest', 3)).toEqual(['lowest 0']);
    expect(waiting.size()).toBe(limit);
    const gone = add(300, 'higher', 1);
    expect(gone).toEqual([...Array.from({ length: limit - 3 }, (_, n) => `normal ${n + 1}`), 'last 0', 'last 1']);
    expect(waiting.size()).toBe(301);
    expect(Array.from({ length: 302 }, () => waiting.take())).toEqual([
      'high 0',
      ...Array.from({ length: 300 }, (_, n) => `higher ${n}`),
      undefined,
    ]);
  });
});

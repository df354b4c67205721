import { describe, expect, it } from 'vitest';
import { login, say, serve, settable, start, type RawClient, type Received } from './raw-client.js';

type QueryFields = Readonly<Record<string, unknown>> & { readonly objectId?: unknown };
interface Rest {
  readonly flag?: number;
  readonly limit?: number;
  readonly skip?: number;
  readonly sort?: string;
}

const query = (client: RawClient, where: QueryFields, rest: Rest = {}): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'query', convMessage: { where: { data: JSON.stringify(where) }, ...rest } });

const found = async (
  client: RawClient,
  where: QueryFields,
  rest?: Rest,
): Promise<readonly Record<string, unknown>[]> => {
  const answer = await query(client, where, rest);
  if (answer.cmd !== 'conv' || answer.op !== 'results')
    throw new Error(`results were expected, not ${JSON.stringify(answer)}`);
  return JSON.parse(answer.convMessage.results.data) as Record<string, unknown>[];
};

const attr = (attributes: object) => ({ attr: { data: JSON.stringify(attributes) } });

describe('creating a conversation', () => {
  it('gives it an id of 24 hexadecimal digits and the time of its creation', async () => {
    const server = await serve({ clock: settable(Date.UTC(2026, 0, 2)) });
    const tom = await login(server, 'Tom');
    expect(await tom.request({ cmd: 'conv', op: 'start', convMessage: { m: ['Jerry'] } })).toEqual({
      cmd: 'conv',
      op: 'started',
      i: 2,
      convMessage: { cid: expect.stringMatching(/^[0-9a-f]{24}$/), cdate: '2026-01-02T00:00:00.000Z' },
    });
  });

  it('makes its creator a member, and adds each member once', async () => {
    const tom = await login(await serve(), 'Tom');
    const cid = await start(tom, ['Jerry', 'Jerry', 'Spike']);
    expect(await found(tom, { objectId: cid })).toMatchObject([
      { objectId: cid, c: 'Tom', m: ['Tom', 'Jerry', 'Spike'] },
    ]);
  });

  it('stores name and attributes as keys beside those of the protocol, dates included', async () => {
    const tom = await login(await serve({ clock: settable(Date.UTC(2026, 0, 2)) }), 'Tom');
    const born = { __type: 'Date', iso: '2020-02-02T02:02:02.222Z' };
    const attributes = { name: 'Cheese', born, deep: [{ born }], attr: { color: 'red' }, n: 0, no: null };
    const cid = await start(tom, [], attr(attributes));
    const [conversation] = await found(tom, { objectId: cid });
    expect(conversation).toMatchObject({ ...attributes, objectId: cid, c: 'Tom' });
    expect(JSON.stringify(conversation?.['createdAt'])).toContain('2026-01-02T00:00:00.000Z');
  });

  it('stores a name that is not a text as an attribute', async () => {
    const tom = await login(await serve(), 'Tom');
    const cid = await start(tom, [], attr({ name: 5 }));
    expect(await found(tom, { objectId: cid })).toMatchObject([{ name: 5 }]);
  });

  it.each([
    'objectId',
    'm',
    'c',
    'mu',
    'tr',
    'sys',
    'ttl',
    'lm',
    'createdAt',
    'updatedAt',
    'unique',
    'msg',
    'msg_mid',
    'bin',
  ])('refuses the attribute "%s", which has a meaning in the protocol, with 4301 and its name', async (key) => {
    const tom = await login(await serve(), 'Tom');
    for (const value of [true, 'x', 1, null]) {
      const refused = await tom.request({
        cmd: 'conv',
        op: 'start',
        convMessage: attr({ color: 'red', [key]: value }),
      });
      expect(refused).toMatchObject({
        errorMessage: { code: 4301, detail: expect.stringMatching(new RegExp(`${key}$`)) },
      });
    }
  });

  it('refuses keys with dots with 4301, because no query and no update could reach them', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    for (const key of ['a.b', 'a.', '.', 'a.b.c'])
      expect(await tom.request({ cmd: 'conv', op: 'start', convMessage: attr({ a: {}, [key]: 1 }) })).toMatchObject({
        errorMessage: { code: 4301, detail: expect.stringContaining(key) },
      });
    await expect(server.backEnd.create({ attributes: { 'a.b': 1 } })).rejects.toMatchObject({ code: 4301 });
    expect(await found(tom, {})).toEqual([]);
  });

  it('refuses attributes that are not a JSON object with 4114', async () => {
    const tom = await login(await serve(), 'Tom');
    for (const data of ['', '{', '[]', '"x"', 'null'])
      expect(await tom.request({ cmd: 'conv', op: 'start', convMessage: { attr: { data } } })).toMatchObject({
        errorMessage: { code: 4114 },
      });
  });

  it('takes 500 members, and refuses 501 with 4304', async () => {
    const tom = await login(await serve(), 'Tom');
    const others = Array.from({ length: 500 }, (_, n) => `c${n}`);
    expect(await start(tom, others.slice(1))).toBeTypeOf('string');
    expect(await tom.request({ cmd: 'conv', op: 'start', convMessage: { m: others } })).toMatchObject({
      errorMessage: { code: 4304 },
    });
  });

  it('refuses members that are not client ids with 4103', async () => {
    const tom = await login(await serve(), 'Tom');
    for (const m of [[''], ['x'.repeat(65)]])
      expect(await tom.request({ cmd: 'conv', op: 'start', convMessage: { m } })).toMatchObject({
        errorMessage: { code: 4103 },
      });
  });
});

describe('a unique conversation', () => {
  it('is the same for the same members, for every creator, in every order, and at the same time', async () => {
    const server = await serve();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const ids = await Promise.all([
      start(tom, ['Jerry', 'Spike'], { unique: true }),
      start(jerry, ['Spike', 'Tom'], { unique: true }),
      start(tom, ['Tom', 'Spike', 'Jerry'], { unique: true }),
    ]);
    expect(new Set(ids).size).toBe(1);
  });

  it('differs for other members, and for requests that do not ask for a unique one', async () => {
    const tom = await login(await serve(), 'Tom');
    const ids = [
      await start(tom, ['Jerry'], { unique: true }),
      await start(tom, ['Jerry', 'Spike'], { unique: true }),
      await start(tom, [], { unique: true }),
      await start(tom, ['Jerry']),
      await start(tom, ['Jerry'], { unique: false }),
    ];
    expect(new Set(ids).size).toBe(5);
  });

  it('sends no second notice when it is found', async () => {
    const server = await serve();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    await start(tom, ['Jerry'], { unique: true });
    await jerry.push('conv', ({ op }) => op === 'joined');
    await jerry.push('conv', ({ op }) => op === 'members_joined');
    await start(tom, ['Jerry'], { unique: true });
    await jerry.settle();
    expect(jerry.inbox).toEqual([]);
  });
});

describe('notices of a new conversation', () => {
  const told = async (client: RawClient): Promise<readonly unknown[]> => {
    await client.settle();
    return client.inbox.map((command) => ('op' in command ? command.op : command.cmd));
  };

  it('go to all members twice, on all devices; in the acting session after the answer', async () => {
    const server = await serve();
    const [acting, tablet, jerry, spike] = [
      await login(server, 'Tom'),
      await login(server, 'Tom'),
      await login(server, 'Jerry'),
      await login(server, 'Spike'),
    ];
    acting.send({ cmd: 'conv', op: 'start', i: 100, convMessage: { m: ['Jerry'] } });
    expect(await told(acting)).toEqual(['started', 'joined', 'members_joined']);
    expect(await told(jerry)).toEqual(['joined', 'members_joined']);
    expect(await told(tablet)).toEqual(['joined', 'members_joined']);
    expect(await told(spike)).toEqual([]);
  });

  it('name the conversation, the creator, the members, the receiver, and the time', async () => {
    const server = await serve({ clock: settable(7_000) });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    // Two notices never have the same time, because a client asks by time for the notices that it missed. The time of
    // the change comes before both.
    const envelope = { cmd: 'conv', peerId: 'Jerry', service: 2, serverTs: 7_001, notificationType: 1 };
    const change = { cid, initBy: 'Tom', udate: new Date(7_000).toISOString() };
    expect(await jerry.push('conv')).toEqual({ ...envelope, op: 'joined', convMessage: change });
    expect(await jerry.push('conv')).toEqual({
      ...envelope,
      serverTs: 7_002,
      op: 'members_joined',
      convMessage: { ...change, m: ['Tom', 'Jerry'] },
    });
  });
});

describe('a query of conversations', () => {
  it('finds one by its id, or several, each once; unknown ids are left out', async () => {
    const tom = await login(await serve(), 'Tom');
    const [one, two] = [await start(tom, []), await start(tom, [])];
    expect((await found(tom, { objectId: one })).map(({ objectId }) => objectId)).toEqual([one]);
    const several = await found(tom, { objectId: { $in: [two, 'nowhere', one, two] } });
    expect(several.map(({ objectId }) => objectId)).toEqual([two, one]);
    expect(await found(tom, { objectId: 'nowhere' })).toEqual([]);
  });

  it('finds an outline of other conversations by id: a client fetches a conversation before it joins', async () => {
    const server = await serve();
    const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
    const cid = await start(tom, [], attr({ name: 'secret', topic: 'mice' }));
    await say(tom, cid, { msg: 'secret' });
    expect(await found(spike, { objectId: cid }, { flag: 2 })).toEqual([
      { objectId: cid, c: 'Tom', createdAt: expect.anything(), conv_type: 1 },
    ]);
    expect(await found(spike, { objectId: cid, topic: 'mice' })).toEqual([]);
    for (const where of [{}, { topic: 'mice' }, { name: { $regex: 's' } }, { objectId: { $ne: '' } }])
      expect(await found(spike, where)).toEqual([]);
  });

  it('finds the full data of other conversations that the application declares open', async () => {
    const server = await serve({ isOpen: ({ attributes }) => attributes['public'] === true });
    const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
    const cid = await start(tom, [], attr({ public: true, topic: 'mice' }));
    await start(tom, [], attr({ topic: 'mice' }));
    expect(await found(spike, { topic: 'mice' })).toMatchObject([{ objectId: cid, m: ['Tom'], topic: 'mice' }]);
  });

  it('leaves the members out with flag 1, and adds the last message with flag 2', async () => {
    const tom = await login(await serve(), 'Tom');
    const cid = await start(tom, []);
    await say(tom, cid, { msg: 'first' });
    const last = await say(tom, cid, { msg: 'last' });
    const message = { msg: 'last', msg_mid: last.id, msg_from: 'Tom', msg_timestamp: last.timestamp };
    const [[plain], [compact], [full], [both]] = (await Promise.all(
      [0, 1, 2, 3].map((flag) => found(tom, { objectId: cid }, { flag })),
    )) as [Record<string, unknown>[], Record<string, unknown>[], Record<string, unknown>[], Record<string, unknown>[]];
    expect(plain).toMatchObject({ m: ['Tom'] });
    expect(plain).not.toHaveProperty('msg');
    expect(compact).not.toHaveProperty('m');
    expect(full).toMatchObject({ m: ['Tom'], ...message });
    expect(both).toMatchObject(message);
    expect(both).not.toHaveProperty('m');
  });

  it('gives the last message in bytes as base64, and marks it', async () => {
    const tom = await login(await serve(), 'Tom');
    const cid = await start(tom, []);
    await say(tom, cid, { binaryMsg: new Uint8Array([1, 2, 255]) });
    expect(await found(tom, { objectId: cid }, { flag: 2 })).toMatchObject([{ msg: 'AQL/', bin: true }]);
  });

  it('returns 10 unless the query sets a limit, and starts where the query says', async () => {
    const tom = await login(await serve(), 'Tom');
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await start(tom, []));
    const where = { objectId: { $in: ids } };
    const idsOf = async (rest: Rest): Promise<unknown[]> =>
      (await found(tom, where, rest)).map(({ objectId }) => objectId);
    expect(await idsOf({})).toEqual(ids.slice(0, 10));
    expect(await idsOf({ limit: 999 })).toEqual(ids);
    expect(await idsOf({ limit: 3, skip: 2 })).toEqual(ids.slice(2, 5));
    expect(await idsOf({ skip: 20 })).toEqual([]);
    expect(await idsOf({ skip: -5, limit: 1 })).toEqual(ids.slice(0, 1));
    expect(await idsOf({ limit: -1 })).toEqual([]);
  });

  it('sorts by keys of the protocol and by attributes, by several keys, up or down', async () => {
    const clock = settable();
    const tom = await login(await serve({ clock }), 'Tom');
    const ids: string[] = [];
    for (const attributes of [{ name: 'b', size: 2 }, { name: 'a', size: 10 }, { name: 'c', size: 2 }, { name: 'd' }]) {
      clock.set(clock.now() + 1_000);
      ids.push(await start(tom, [], attr(attributes)));
    }
    const names = async (sort: string): Promise<unknown[]> =>
      (await found(tom, { objectId: { $in: ids } }, { sort })).map(({ name }) => name);
    expect(await names('name')).toEqual(['a', 'b', 'c', 'd']);
    expect(await names('-name')).toEqual(['d', 'c', 'b', 'a']);
    expect(await names('-createdAt')).toEqual(['d', 'c', 'a', 'b']);
    expect(await names('size,-name')).toEqual(['d', 'c', 'b', 'a']);
    expect(await names('-size,name')).toEqual(['a', 'b', 'c', 'd']);
    expect(await names('nothing')).toEqual(['b', 'a', 'c', 'd']);
  });

  it('sorts conversations without a message by their creation, when it sorts by the latest message', async () => {
    const clock = settable();
    const tom = await login(await serve({ clock }), 'Tom');
    const startAt = async (time: number): Promise<string> => {
      clock.set(time);
      return start(tom, []);
    };
    const [silent, spoken, fresh] = [await startAt(2_000_000), await startAt(3_000_000), await startAt(5_000_000)];
    clock.set(4_000_000);
    await say(tom, spoken, { msg: 'x' });
    const ids = async (sort: string, limit = 10): Promise<unknown[]> =>
      (await found(tom, { m: 'Tom' }, { sort, limit })).map(({ objectId }) => objectId);
    expect(await ids('-lm,-createdAt', 1)).toEqual([fresh]);
    expect(await ids('-lm,-createdAt')).toEqual([fresh, spoken, silent]);
    expect(await ids('lm')).toEqual([silent, spoken, fresh]);
  });

  it.each(['', '[]', '{', '5'])('refuses the where "%s" with 4310', async (data) => {
    const tom = await login(await serve(), 'Tom');
    const refused = await tom.request({ cmd: 'conv', op: 'query', convMessage: { where: { data } } });
    expect(refused).toMatchObject({ errorMessage: { code: 4310 } });
  });

  it('finds temporary conversations by id, for their members', async () => {
    const server = await serve();
    const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
    const cid = await start(tom, ['Jerry'], { tempConv: true });
    const ask = (client: RawClient) =>
      client.request({ cmd: 'conv', op: 'query', convMessage: { tempConvIds: [cid] } });
    expect(await ask(tom)).toMatchObject({
      op: 'results',
      convMessage: { results: { data: expect.stringContaining(cid) } },
    });
    expect(await ask(spike)).toMatchObject({ op: 'results', convMessage: { results: { data: '[]' } } });
  });
});

describe('a change of a chat room', () => {
  it('is sent to every other session in the room, and to no other session', async () => {
    const server = await serve();
    const [tom, tablet, jerry, spike] = [
      await login(server, 'Tom'),
      await login(server, 'Tom'),
      await login(server, 'Jerry'),
      await login(server, 'Spike'),
    ];
    const cid = await start(tom, [], { transient: true });
    for (const client of [tom, tablet, jerry])
      await client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [client === jerry ? 'Jerry' : 'Tom'] } });
    for (const client of [tom, tablet, jerry, spike]) {
      await client.settle();
      client.inbox.length = 0;
    }
    await tom.request({
      cmd: 'conv',
      op: 'update',
      convMessage: { cid, ...attr({ name: 'Cheese', old: { __op: 'Delete' } }) },
    });
    for (const client of [jerry, tablet])
      expect(await client.push('conv')).toMatchObject({
        op: 'updated',
        convMessage: {
          cid,
          initBy: 'Tom',
          attr: { data: '{"old":null,"name":"Cheese"}' },
          attrModified: { data: '{"name":"Cheese"}' },
        },
      });
    for (const client of [tom, tablet, jerry, spike]) {
      await client.settle();
      expect(client.inbox).toEqual([]);
    }
  });

  it('is sent once to each client in the room, also when the back end makes it', async () => {
    const server = await serve();
    const jerry = await login(server, 'Jerry');
    const { id } = await server.backEnd.create({ kind: 'room' });
    await jerry.request({ cmd: 'conv', op: 'add', convMessage: { cid: id, m: ['Jerry'] } });
    await server.backEnd.update(id, { attributes: { topic: 'mice' } });
    expect(await jerry.push('conv', ({ op }) => op === 'updated')).toMatchObject({
      convMessage: { attr: { data: '{"topic":"mice"}' } },
    });
    await jerry.settle();
    expect(jerry.inbox.filter((command) => 'op' in command && command.op === 'updated')).toEqual([]);
  });
});

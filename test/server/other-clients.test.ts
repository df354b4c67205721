/** The fields that the vendor's clients of other platforms need, at the level of the wire, over every store. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createServer, type RtmServer, type ServerOptions } from 'rx-realtime/server';
import { text } from 'rx-realtime';
import { stores } from '../store/stores.js';
import { dial, login, open as logIn, say, serve, start, type RawClient, type Received } from './raw-client.js';

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

const messageOf = (command: Received): Readonly<Record<string, unknown>> =>
  command.cmd === 'conv' ? command.convMessage : {};

const textOf = (value: unknown): string => (value as { readonly data: string }).data;

/** The conversations that meet a condition, as they are on the wire. */
const found = async (client: RawClient, where: object): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const answer = await client.request({
    cmd: 'conv',
    op: 'query',
    convMessage: { where: { data: JSON.stringify(where) }, flag: 2 },
  });
  return JSON.parse(textOf(messageOf(answer)['results'])) as readonly Readonly<Record<string, unknown>>[];
};

const infoOf = async (client: RawClient, objectId: string): Promise<Readonly<Record<string, unknown>>> => {
  const [info] = await found(client, { objectId });
  if (info === undefined) throw new Error('there should be a conversation');
  return info;
};

const conv = async (client: RawClient, op: 'add' | 'remove', cid: string, ...m: string[]) =>
  messageOf(await client.request({ cmd: 'conv', op, convMessage: { cid, m } }));

describe.each(stores.filter(([name]) => !name.includes('without bounds')))('with the store %s', (_, open) => {
  const world = async (options: ServerOptions = {}): Promise<RtmServer> => {
    const { store, end } = await open();
    const server = await createServer({ ...options, store: { ...store, close: end } });
    onTestFinished(() => server.close());
    return server;
  };
  /** The database of a store may be used by more tests. */
  const id = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;

  it('Java, Swift: the dates of a conversation are ISO text, and the time of the last message is an object', async () => {
    const tom = await login(await world(), id('Tom'));
    const cid = await start(tom, []);
    await say(tom, cid, { msg: 'x' });
    expect(await infoOf(tom, cid)).toMatchObject({ createdAt: ISO, updatedAt: ISO, lm: { __type: 'Date', iso: ISO } });
  });

  it('C#: the last message says that it is text, or bytes; no last message says nothing', async () => {
    const tom = await login(await world(), id('Tom'));
    const cid = await start(tom, []);
    expect(await infoOf(tom, cid)).not.toHaveProperty('bin');
    await say(tom, cid, { msg: 'x' });
    expect(await infoOf(tom, cid)).toMatchObject({ msg: 'x', bin: false });
    await say(tom, cid, { binaryMsg: new Uint8Array([1]) });
    expect(await infoOf(tom, cid)).toMatchObject({ msg: 'AQ==', bin: true });
  });

  it('Java, C#: a temporary conversation is marked, and others are not', async () => {
    const tom = await login(await world(), id('Tom'));
    const temporary = await start(tom, [id('Jerry')], { tempConv: true, tempConvTTL: 60 });
    expect(await infoOf(tom, temporary)).toMatchObject({ temp: true, tempConv: true, tempConvTTL: 60 });
    const ordinary = await infoOf(tom, await start(tom, []));
    for (const key of ['temp', 'tempConv', 'tempConvTTL']) expect(ordinary).not.toHaveProperty(key);
  });

  it('Java: the notices of a new temporary conversation mark it, with its lifetime; those of others do not', async () => {
    const server = await world();
    const [tom, jerryId] = [await login(server, id('Tom')), id('Jerry')];
    const jerry = await login(server, jerryId);
    const noticed = async (fields: object) => {
      await start(tom, [jerryId], fields);
      return [await jerry.push('conv'), await jerry.push('conv')];
    };
    const marks = { tempConv: true, tempConvTTL: 60 };
    const temporary = await noticed(marks);
    expect(temporary.map(({ op }) => op)).toEqual(['joined', 'members_joined']);
    for (const notice of temporary) expect(messageOf(notice)).toMatchObject(marks);
    for (const notice of await noticed({}))
      for (const key of Object.keys(marks)) expect(messageOf(notice)).not.toHaveProperty(key);
  });

  it('Swift: conv/check_shutup knows silences that end, until they have ended', async () => {
    const server = await world();
    const [tom, jerry, butch] = [await login(server, id('Tom')), id('Jerry'), id('Butch')];
    const cid = await start(tom, [jerry, butch]);
    const silenced = async () =>
      messageOf(await tom.request({ cmd: 'conv', op: 'check_shutup', convMessage: { cid, m: [butch, jerry] } }))['m'];
    await tom.request({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: [jerry] } });
    await server.backEnd.silenceFor(cid, butch, 60);
    expect(await silenced()).toEqual([butch, jerry]);
    await server.backEnd.silenceFor(cid, butch);
    expect(await silenced()).toEqual([jerry]);
  });

  it('Swift, Java, C#, Objective-C: a unique conversation has an id that stays when its members change', async () => {
    const [tom, jerry] = [await login(await world(), id('Tom')), id('Jerry')];
    const create = async (unique: boolean) =>
      messageOf(await tom.request({ cmd: 'conv', op: 'start', convMessage: { m: [jerry], unique } }));
    const { cid, uniqueId } = await create(true);
    expect(uniqueId).toEqual(expect.any(String));
    await conv(tom, 'add', String(cid), id('Spike'));
    expect(await create(true)).toMatchObject({ cid, uniqueId });
    expect(await infoOf(tom, String(cid))).toMatchObject({ unique: true, uniqueId });
    const plain = await create(false);
    expect(plain).not.toHaveProperty('uniqueId');
    expect(await infoOf(tom, String(plain['cid']))).not.toHaveProperty('uniqueId');
  });

  it('Swift, Java: every conversation, message, count and page of history has the kind', async () => {
    const server = await world();
    const [tom, jerryId] = [await login(server, id('Tom')), id('Jerry')];
    const jerry = await login(server, jerryId);
    const system = await server.backEnd.create({ kind: 'system' });
    await conv(jerry, 'add', system.id, jerryId);
    const kinds: readonly (readonly [string, number])[] = [
      [await start(tom, [jerryId]), 1],
      [await start(tom, [], { transient: true }), 2],
      [system.id, 3],
      [await start(tom, [jerryId], { tempConv: true }), 4],
    ];
    for (const [cid, kind] of kinds) {
      if (kind === 2) await conv(jerry, 'add', cid, jerryId);
      if (kind === 3) await server.backEnd.send(cid, { body: text('x') });
      else await say(tom, cid, { msg: 'x' });
      expect((await jerry.push('direct')).directMessage).toMatchObject({ cid, convType: kind });
      expect(await infoOf(jerry, cid)).toMatchObject({ conv_type: kind });
      const page = await jerry.request({ cmd: 'logs', logsMessage: { cid } });
      expect(page).toMatchObject({ logsMessage: { logs: [{ convType: kind }] } });
    }
    const phone = await dial(server.url);
    await logIn(phone, jerryId);
    const { convs = [] } = (await phone.push('unread')).unreadMessage;
    expect(Object.fromEntries(convs.map(({ cid, convType }) => [cid, convType]))).toEqual(
      Object.fromEntries(kinds.filter(([, kind]) => kind !== 2)),
    );
  });

  it('Swift: changes of members have times, each later than the one before, in the answer and in the notices', async () => {
    const server = await world();
    const [tom, jerryId] = [await login(server, id('Tom')), id('Jerry')];
    const jerry = await login(server, jerryId);
    const cid = await start(tom, []);
    const times: unknown[] = [];
    for (const op of ['add', 'remove', 'add'] as const) {
      const { udate } = await conv(tom, op, cid, jerryId);
      expect(udate).toEqual(ISO);
      for (const client of [tom, jerry]) expect(messageOf(await client.push('conv'))).toMatchObject({ udate });
      if (op === 'add') expect(messageOf(await jerry.push('conv'))).toMatchObject({ udate });
      times.push(udate);
    }
    for (const op of ['mute', 'unmute'] as const)
      times.push(messageOf(await tom.request({ cmd: 'conv', op, convMessage: { cid } }))['udate']);
    const update = { cid, attr: { data: '{"a":1}' } };
    times.push(messageOf(await tom.request({ cmd: 'conv', op: 'update', convMessage: update }))['udate']);
    expect(times).toEqual([...new Set(times)].sort());
  });

  it('Swift, C#: a change of attributes has their final values, nested, and leaves out what is gone', async () => {
    const server = await world();
    const [tom, jerryId] = [await login(server, id('Tom')), id('Jerry')];
    const jerry = await login(server, jerryId);
    const cid = await start(tom, [jerryId], { attr: { data: '{"a":{"b":1,"c":2},"d":3,"e":4}' } });
    await jerry.settle();
    jerry.inbox.length = 0;
    const data = JSON.stringify({ 'a.b': 5, d: { __op: 'Delete' }, name: 'n' });
    const answer = messageOf(await tom.request({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data } } }));
    const notice = messageOf(await jerry.push('conv'));
    for (const { attrModified } of [answer, notice])
      expect(JSON.parse(textOf(attrModified))).toEqual({ a: { b: 5, c: 2 }, name: 'n' });
    expect(JSON.parse(textOf(notice['attr']))).toEqual({ 'a.b': 5, d: null, name: 'n' });
  });

  it('Swift: a system conversation tells who asks whether and since when it has subscribed, and muted it', async () => {
    const server = await world();
    const [tomId, jerryId] = [id('Tom'), id('Jerry')];
    const [tom, jerry] = [await login(server, tomId), await login(server, jerryId)];
    const { id: cid } = await server.backEnd.create({ kind: 'system' });
    const before = Date.now();
    await conv(tom, 'add', cid, tomId);
    await tom.request({ cmd: 'conv', op: 'mute', convMessage: { cid } });
    const { joinedAt, ...info } = await infoOf(tom, cid);
    expect(info).toMatchObject({ sys: true, joined: true, muted: true });
    expect(Number(joinedAt) - before).toBeGreaterThanOrEqual(-1_000);
    const others = await infoOf(jerry, cid);
    expect(others).toMatchObject({ joined: false, muted: false });
    expect(others).not.toHaveProperty('joinedAt');
    await conv(tom, 'remove', cid, tomId);
    expect(await infoOf(tom, cid)).toMatchObject({ joined: false, muted: false });
    expect(await infoOf(tom, await start(tom, []))).not.toHaveProperty('joined');
  });
});

it('Swift: no client can have attributes of the names that the protocol derives', async () => {
  const tom = await login(await serve(), 'Tom');
  for (const key of ['conv_type', 'uniqueId'])
    expect(
      await tom.request({ cmd: 'conv', op: 'start', convMessage: { attr: { data: JSON.stringify({ [key]: 1 }) } } }),
    ).toMatchObject({ cmd: 'error', errorMessage: { code: 4301 } });
});

describe('JavaScript, Swift, Java, C#, Objective-C: a refused message is answered by an ack', () => {
  it('with the code, its name, and a text', async () => {
    const server = await serve();
    const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
    const cid = await start(tom, []);
    expect(await spike.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } })).toMatchObject({
      cmd: 'ack',
      ackMessage: { code: 4401, reason: 'INVALID_MESSAGING_TARGET', appMsg: expect.any(String) as string },
    });
  });

  it('with the code of the application, if its hook has refused', async () => {
    const server = await serve({ hooks: { messageReceived: () => ({ drop: true, code: 99, detail: 'no' }) } });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    expect(await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } })).toMatchObject({
      cmd: 'ack',
      ackMessage: { code: 4402, appCode: 99, appMsg: 'no' },
    });
  });

  it('but a message of nobody, who is not logged in, by an error', async () => {
    const { url } = await serve();
    const stranger = await dial(url);
    expect(await stranger.request({ cmd: 'direct', directMessage: { cid: 'c', msg: 'x' } })).toMatchObject({
      cmd: 'error',
      errorMessage: { code: 4105 },
    });
  });
});

/** REST 1.1, as back ends and the vendor's storage SDKs send it, over real HTTP. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dial, login, open, page, say, serve, settable, start, tokenOf } from '../raw-client.js';
import { callerOf, created, query, served } from './caller.js';

const CLASS = '/1.1/classes/_Conversation';
const text = JSON.stringify({ _lctype: -1, _lctext: 'hi' });

describe('REST 1.1: messages', () => {
  it('POST /rtm/messages sends for a client; without transient: false it is not stored', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const conv_id = await start(tom, ['Jerry']);
    const body = { from_peer: 'Tom', message: text, conv_id };
    expect(await call('POST', '/1.1/rtm/messages', { ...body, transient: false })).toMatchObject({
      status: 200,
      json: { 'msg-id': expect.any(String) },
    });
    expect((await call('POST', '/1.1/rtm/messages', { ...body, message: 'gone' })).status).toBe(200);
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: text, fromPeerId: 'Tom' } });
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'gone', transient: true } });
    expect(await page(jerry, conv_id)).toEqual([text]);
    expect((await call('POST', '/1.1/rtm/messages', { message: 'x' })).status).toBe(400);
    expect((await call('POST', '/1.1/rtm/messages', { ...body, to_peers: ['Jerry'] })).status).toBe(400);
    expect((await call('POST', '/1.1/rtm/messages', { ...body, conv_id: 'none' })).status).toBe(404);
  });

  it('a system conversation writes to some clients, to its subscribers, and to everybody', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const conv_id = await created(call, CLASS, { name: 'News', sys: true });
    expect((await call('POST', '/1.1/rtm/conversation/subscription', { conv_id, client_id: 'Tom' })).status).toBe(200);
    await call('POST', '/1.1/rtm/messages', {
      from_peer: 'e',
      to_peers: ['Jerry'],
      conv_id,
      message: 'one',
      transient: false,
    });
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'one' } });
    await call('POST', '/1.1/rtm/broadcast/subscriber', { from_peer: 'e', conv_id, message: 'some' });
    expect(await tom.push('direct')).toMatchObject({ directMessage: { msg: 'some' } });
    await call('POST', '/1.1/rtm/broadcast', { from_peer: 'e', conv_id, message: 'all' });
    for (const client of [tom, jerry])
      expect(await client.push('direct')).toMatchObject({ directMessage: { msg: 'all' } });
    const gone = `/1.1/rtm/conversation/subscription${query({ conv_id, client_id: 'Tom' })}`;
    expect((await call('DELETE', gone)).status).toBe(200);
    expect(await server.backEnd.members(conv_id)).toEqual([]);
    const other = await start(tom, ['Jerry']);
    for (const path of ['broadcast', 'broadcast/subscriber'])
      expect((await call('POST', `/1.1/rtm/${path}`, { from_peer: 'e', conv_id: other, message: 'x' })).status).toBe(
        400,
      );
    expect(
      (await call('POST', '/1.1/rtm/conversation/subscription', { conv_id: other, client_id: 'Tom' })).status,
    ).toBe(403);
  });

  it.each(['logs', 'history'])('GET /rtm/messages/%s gives a page of a conversation', async (name) => {
    const { server, call } = await served();
    const tom = await login(server, 'Tom');
    const convid = await start(tom, ['Jerry']);
    const said = [await say(tom, convid, { msg: 'a' }), await say(tom, convid, { msg: 'b' })];
    const read = async (values: object) =>
      ((await call('GET', `/1.1/rtm/messages/${name}${query({ convid, ...values })}`)).json as { data: string }[])
        .map(({ data }) => data)
        .join('');
    expect(await read({})).toBe('ba');
    expect(await read({ max_ts: said[1]?.timestamp, msgid: said[1]?.id })).toBe('a');
    expect(await read({ reversed: true, limit: 1 })).toBe('a');
  });

  it('PUT /rtm/messages/logs changes a message that was read from there', async () => {
    const { server, call } = await served();
    const tom = await login(server, 'Tom');
    const convid = await start(tom, ['Jerry']);
    await say(tom, convid, { msg: 'a' });
    const [log] = (await call('GET', `/1.1/rtm/messages/logs${query({ convid })}`)).json as object[];
    expect((await call('PUT', '/1.1/rtm/messages/logs', { ...log, data: 'b' })).status).toBe(200);
    expect(await page(tom, convid)).toEqual(['b']);
  });

  it('clients are counted, shown as online, and kicked', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const room = await created(call, CLASS, { name: 'OpenConf', tr: true });
    await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid: room, m: ['Tom'] } });
    expect((await call('GET', `/1.1/rtm/transient_group/onlines${query({ gid: room })}`)).json).toEqual({ result: 1 });
    const unread = await start(tom, ['Spike']);
    for (const cid of [unread, await start(tom, ['Spike', 'Butch'])]) await say(tom, cid, { msg: 'a' });
    expect((await call('GET', '/1.1/rtm/messages/unread/Spike')).json).toEqual({ count: 2 });
    expect((await call('GET', `/1.1/rtm/messages/unread/Spike/${unread}`)).json).toEqual({ count: 1 });
    expect((await call('POST', '/1.1/rtm/online', { peers: ['Tom', 'Spike'] })).json).toEqual({ results: ['Tom'] });
    await call('POST', '/1.1/rtm/client/kick', { client_id: 'Jerry', reason: 'why' });
    expect(await jerry.push('session')).toMatchObject({ op: 'closed', sessionMessage: { code: 4115, reason: 'why' } });
  });
});

describe('REST 1.1: the class _Conversation', () => {
  it('a query has a condition, an order, pages, some keys, and a count', async () => {
    const { call } = await served();
    for (const [name, level] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const)
      await created(call, CLASS, { name, level, m: ['Tom'] });
    const ask = async (values: object) => (await call('GET', CLASS + query({ ...values }))).json;
    expect(await ask({ where: { m: 'Tom', level: { $gt: 1 } }, order: '-level', count: 1, limit: 1 })).toMatchObject({
      results: [{ name: 'c', level: 3, m: ['Tom'], createdAt: expect.stringMatching(/Z$/) }],
      count: 2,
    });
    expect(await ask({ where: {}, count: 1, limit: 0 })).toEqual({ results: [], count: 3 });
    expect(await ask({ order: 'level', skip: 2 })).toMatchObject({ results: [{ name: 'c' }] });
    const [one] = ((await ask({ keys: 'name', order: 'name' })) as { results: object[] }).results;
    expect(Object.keys(one ?? {}).sort()).toEqual(['createdAt', 'name', 'objectId', 'updatedAt']);
    const [other] = ((await ask({ keys: '-m,-level', order: 'name' })) as { results: object[] }).results;
    expect(other).not.toHaveProperty('m');
    expect(other).toHaveProperty('name', 'a');
    expect((await call('GET', `${CLASS}${query({ where: { level: { $inQuery: {} } } })}`)).status).toBe(400);
    expect((await call('GET', `${CLASS}?limit=1001`)).status).toBe(400);
  });

  it('PUT changes attributes and members by operations, and tells the members', async () => {
    const { server, call } = await served();
    const jerry = await login(server, 'Jerry');
    const id = await created(call, CLASS, { name: 'Cats', m: ['Tom', 'Jerry'], old: 1 });
    await jerry.push('conv', ({ op }) => op === 'members_joined');
    const put = (body: object) => call('PUT', `${CLASS}/${id}`, body);
    expect(await put({ name: 'Mice', old: { __op: 'Delete' }, level: 2 })).toMatchObject({
      status: 200,
      json: { objectId: id, updatedAt: expect.any(String) },
    });
    expect((await put({ m: { __op: 'AddUnique', objects: ['LarryPage'] } })).status).toBe(200);
    expect(await jerry.push('conv', ({ op }) => op === 'members_joined')).toMatchObject({
      convMessage: { m: ['LarryPage'] },
    });
    expect(
      (await put({ m: { __op: 'Remove', objects: ['Tom'] }, mu: { __op: 'Add', objects: ['Jerry'] } })).status,
    ).toBe(200);
    const { json } = await call('GET', `${CLASS}/${id}`);
    expect(json).toMatchObject({ name: 'Mice', level: 2, m: ['Jerry', 'LarryPage'], mu: ['Jerry'] });
    expect(json).not.toHaveProperty('old');
    expect((await put({ m: ['Spike', 'Jerry'] })).status).toBe(200);
    expect(await server.backEnd.members(id)).toEqual(['Jerry', 'Spike']);
    expect((await put({ m: { __op: 'Increment', amount: 1 } })).status).toBe(400);
    expect((await call('PUT', `${CLASS}/${id}${query({ where: { level: 1 } })}`, { level: 3 })).status).toBe(400);
    expect((await call('DELETE', `${CLASS}/${id}`)).json).toEqual({});
    expect(await call('GET', `${CLASS}/${id}`)).toMatchObject({ status: 404, json: { code: 101 } });
    expect((await put({ name: 'x' })).status).toBe(404);
  });

  it('a scan reads all conversations, page by page', async () => {
    const { call } = await served();
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.push(await created(call, CLASS, { level: n, m: ['Tom'] }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { json } = await call(
        'GET',
        `/1.1/scan/classes/_Conversation${query({ limit: 2, ...(cursor === undefined ? {} : { cursor }) })}`,
      );
      const { results, cursor: next } = json as { results: { objectId: string }[]; cursor?: string };
      seen.push(...results.map(({ objectId }) => objectId));
      cursor = next;
    } while (cursor !== undefined);
    expect(seen).toEqual(ids.toSorted());
  });

  it('a client with a session finds what it may see, changes nothing, and its queries are counted', async () => {
    const { server, call } = await served({
      authenticate: (token) => (token === 'jerry' ? 'Jerry' : undefined),
      signed: [],
      limits: { othersPerMinute: 6 },
      clock: settable(),
    });
    await created(call, CLASS, { name: 'his', m: ['Tom'] });
    await created(call, CLASS, { name: 'ours', m: ['Tom', 'Jerry'] });
    const st = tokenOf(await open(await dial(server.url), 'Jerry'));
    const bySession = callerOf(server, { 'x-lc-id': 'app', 'x-lc-im-session-token': st });
    const byUser = callerOf(server, { 'x-lc-id': 'app', 'x-lc-session': 'jerry' });
    for (const ask of [bySession, byUser])
      expect((await ask('GET', `${CLASS}?count=1`)).json).toMatchObject({ results: [{ name: 'ours' }], count: 1 });
    for (const [method, path] of [
      ['POST', CLASS],
      ['PUT', `${CLASS}/x`],
      ['GET', '/1.1/scan/classes/_Conversation'],
      ['GET', '/1.1/rtm/messages/logs'],
      ['POST', '/1.1/rtm/messages'],
    ] as const)
      expect([path, (await bySession(method, path, method === 'GET' ? undefined : {})).status]).toEqual([path, 401]);
    const strangers = [
      callerOf(server, { 'x-lc-id': 'app', 'x-lc-session': 'tom' }),
      callerOf(server, { 'x-lc-id': 'app' }),
    ];
    for (const ask of strangers) {
      const { status, headers } = await ask('GET', CLASS);
      expect([status, headers.get('access-control-allow-origin')]).toEqual([401, '*']);
    }
    const statuses = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await bySession('GET', CLASS)).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it('a batch carries requests out in their order, each with its own answer', async () => {
    const { call } = await served();
    const id = await created(call, CLASS, { name: 'a', m: ['Tom'] });
    const { json } = await call('POST', '/1.1/batch', {
      requests: [
        { method: 'PUT', path: `${CLASS}/${id}`, body: { name: 'b' } },
        { method: 'GET', path: CLASS, params: { where: { m: 'Tom' }, count: 1 } },
        { method: 'DELETE', path: `${CLASS}/none` },
        { method: 'GET', path: '/1.1/nothing' },
        { method: 'POST', path: '/1.1/batch', body: { requests: [] } },
      ],
    });
    expect(json).toMatchObject([
      { success: { objectId: id } },
      { success: { results: [{ name: 'b' }], count: 1 } },
      { error: { code: 4303 } },
      { error: {} },
      { error: {} },
    ]);
    const many = Array.from({ length: 51 }, () => ({ method: 'GET', path: CLASS }));
    expect((await call('POST', '/1.1/batch', { requests: many })).status).toBe(400);
  });
});

describe('REST 1.1: a signed request (X-LC-Sign)', () => {
  it('is good for some minutes, with the master key only', async () => {
    const clock = settable(1_700_000_000_000);
    const { server } = await served({ clock });
    const signed = (time: number, key: string, end = ',master') => {
      const md5 = createHash('md5').update(`${time}${key}`).digest('hex');
      return callerOf(server, { 'x-lc-id': 'app', 'x-lc-sign': `${md5},${time}${end}` });
    };
    const now = clock.now();
    for (const [call, status] of [
      [signed(now, 'master'), 200],
      [signed(now - 500_000, 'master'), 200],
      [signed(now - 700_000, 'master'), 401],
      [signed(now + 700_000, 'master'), 401],
      [signed(now, 'other'), 401],
      [signed(now, 'master', ''), 401],
    ] as const) {
      expect((await call('GET', '/1.1/rtm/messages/unread/Tom')).status).toBe(status);
      expect((await call('GET', '/1.2/rtm/stats')).status).toBe(status);
    }
  });

  it('may have the names of the early years of the vendor in its head, as with a master key', async () => {
    const { server } = await served();
    const now = Date.now();
    const sign = (key: string) => `${createHash('md5').update(`${now}${key}`).digest('hex')},${now},master`;
    for (const [id, fields, status] of [
      ['app', { 'x-avoscloud-master-key': 'master' }, 200],
      ['app', { 'x-avoscloud-request-sign': sign('master') }, 200],
      ['app', { 'x-avoscloud-master-key': 'other' }, 401],
      ['app', { 'x-avoscloud-request-sign': sign('other') }, 401],
      ['app', {}, 401],
      ['other', { 'x-avoscloud-master-key': 'master' }, 401],
    ] as const) {
      const call = callerOf(server, { 'x-avoscloud-application-id': id, ...fields });
      expect([id, fields, (await call('GET', '/1.2/rtm/stats')).status]).toEqual([id, fields, status]);
    }
  });

  it('without a master key nothing of the back end is there, and clients may look for conversations', async () => {
    const server = await serve({ appId: 'app' });
    const call = callerOf(server);
    expect((await call('POST', '/1.1/rtm/messages', {})).status).toBe(404);
    expect((await call('GET', CLASS)).status).toBe(401);
    const st = tokenOf(await open(await dial(server.url), 'Tom'));
    expect((await callerOf(server, { 'x-lc-im-session-token': st })('GET', CLASS)).json).toEqual({ results: [] });
  });
});

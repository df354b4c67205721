/** The back end's HTTP API over real HTTP, and its effects on clients with real sockets. */
import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { inProcessBus, memoryStore, type RtmServer, type ServerOptions } from 'rx-realtime/server';
import { login, page, say, serve, settable, start, type RawClient, refused } from './raw-client.js';

const options: ServerOptions = { masterKey: 'master', signed: [], appId: 'app' };
const KEY = { 'x-lc-id': 'app', 'x-lc-key': 'master,master' };

interface Result {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}
type Call = (method: string, path: string, body?: unknown) => Promise<Result>;

/** Calls the API as the back end does. */
const caller =
  ({ url }: RtmServer, headers: Record<string, string> = KEY): Call =>
  async (method, path, body) => {
    const response = await fetch(`${url.replace('ws:', 'http:')}/1.2/rtm/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Result['body'], headers: response.headers };
  };

const served = async (more: ServerOptions = {}): Promise<{ readonly server: RtmServer; readonly call: Call }> => {
  const server = await serve({ ...options, ...more });
  return { server, call: caller(server) };
};

const create = async (call: Call, path: string, body: object): Promise<string> =>
  String((await call('POST', path, body)).body['objectId']);

interface Sent {
  readonly 'msg-id': string;
  readonly timestamp: number;
}
const sent = ({ body }: Result): Sent => body['result'] as Sent;

const enter = (client: RawClient, cid: string, name: string) =>
  client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [name] } });

describe('a caller', () => {
  it.each([
    ['nothing', {}],
    ['no key', { 'x-lc-id': 'app' }],
    ['another key', { ...KEY, 'x-lc-key': 'mastes,master' }],
    ['a longer key', { ...KEY, 'x-lc-key': 'master,master,master' }],
    ['the key alone', { ...KEY, 'x-lc-key': 'master' }],
    ['an empty key', { ...KEY, 'x-lc-key': ',master' }],
    ['another application', { ...KEY, 'x-lc-id': 'other' }],
    ['no application', { 'x-lc-key': 'master,master' }],
  ])('with %s is refused with 401 on every path', async (_, headers) => {
    const server = await serve(options);
    const call = caller(server, headers);
    for (const [method, path] of [
      ['GET', 'conversations'],
      ['POST', 'clients/Tom/kick'],
      ['DELETE', 'no/such/path'],
    ] as const)
      expect(await call(method, path)).toMatchObject({ status: 401, body: { code: 401 } });
  });

  it('needs to name no application if the server serves all applications', async () => {
    const server = await serve({ masterKey: 'master' });
    expect((await caller(server, { 'x-lc-key': 'master,master' })('GET', 'conversations')).status).toBe(200);
  });

  it('finds nothing (404) if the server has no master key', async () => {
    const call = caller(await serve());
    expect((await call('GET', 'conversations')).status).toBe(404);
    expect((await caller(await serve(), { 'x-lc-key': ',master' })('GET', 'conversations')).status).toBe(404);
    expect((await caller(await serve(), { 'x-lc-key': 'undefined,master' })('GET', 'conversations')).status).toBe(404);
  });

  it('cannot be a page of another origin', async () => {
    const { call } = await served();
    for (const [method, path] of [
      ['GET', 'conversations'],
      ['OPTIONS', 'conversations'],
      ['GET', 'nothing'],
    ] as const)
      expect((await call(method, path)).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('conversations', () => {
  it('are created for clients, which are notified; they can be found, changed and deleted', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const created = await call('POST', 'conversations', { c: 'Tom', m: ['Jerry'], name: 'Cat', level: 3, old: 1 });
    expect(created).toMatchObject({ status: 201, body: { name: 'Cat', c: 'Tom', m: ['Tom', 'Jerry'], level: 3 } });
    const id = String(created.body['objectId']);
    const told = { convMessage: { cid: id, initBy: 'Tom' } };
    for (const client of [jerry, tom])
      for (const op of ['joined', 'members_joined']) expect(await client.push('conv')).toMatchObject({ op, ...told });

    await create(call, 'conversations', { m: ['Spike'], level: 4 });
    const where = encodeURIComponent('{"m":"Jerry","level":{"$lt":4}}');
    expect((await call('GET', `conversations?where=${where}&sort=-level&skip=0&limit=5`)).body).toMatchObject({
      results: [{ objectId: id, name: 'Cat' }],
    });
    expect((await call('GET', 'conversations?limit=1&sort=-level')).body).toMatchObject({ results: [{ level: 4 }] });
    // A value may hold a question mark.
    const asked = await call('GET', 'conversations?where={"name":{"$ne":"Cat?"}}&limit=1');
    expect(asked.body['results']).toHaveLength(1);

    expect(
      (await call('PUT', `conversations/${id}`, { name: 'Mouse', 'a.b': 1, old: { __op: 'Delete' } })).status,
    ).toBe(200);
    expect(await jerry.push('conv', ({ op }) => op === 'updated')).toMatchObject({ convMessage: { cid: id } });
    const { body } = await call('GET', `conversations/${id}`);
    expect(body).toMatchObject({ name: 'Mouse', level: 3, a: { b: 1 } });
    expect(body).not.toHaveProperty('old');

    expect(await call('DELETE', `conversations/${id}`)).toMatchObject({ status: 200, body: {} });
    expect(await jerry.push('conv', ({ op }) => op === 'left')).toMatchObject({ convMessage: { cid: id } });
    expect(await call('GET', `conversations/${id}`)).toMatchObject({ status: 404, body: { code: 4303 } });
  });

  it('with the same members are the same conversation, if they are unique', async () => {
    const { call } = await served();
    const [first, second] = [
      await create(call, 'conversations', { m: ['a', 'b'], unique: true }),
      await create(call, 'conversations', { m: ['b', 'a'], unique: true }),
    ];
    expect(second).toBe(first);
  });

  it('that are temporary expire, and cannot be found afterwards', async () => {
    const clock = settable();
    const { call } = await served({ clock });
    const id = await create(call, 'conversations', { m: ['a', 'b'], temporary: true, ttl: 60 });
    expect((await call('GET', `conversations/${encodeURIComponent(id)}`)).body).toMatchObject({ ttl: 60 });
    expect(await call('PUT', `conversations/${id}`, { a: 1 })).toMatchObject({ status: 403, body: { code: 4314 } });
    clock.set(clock.now() + 60_000);
    expect(await call('GET', `conversations/${id}`)).toMatchObject({ status: 404, body: { code: 4323 } });
  });

  it('of another kind are found neither by a path nor by a query', async () => {
    const { call } = await served();
    const paths = ['conversations', 'chatrooms', 'service-conversations'];
    const ids = await Promise.all(paths.map((path) => create(call, path, { name: path })));
    for (const path of paths)
      for (const [index, id] of ids.entries()) {
        const status = paths[index] === path ? 200 : 404;
        expect([path, (await call('GET', `${path}/${id}`)).status]).toEqual([path, status]);
        expect((await call('POST', `${path}/${id}/messages`, { message: 'x' })).status).toBe(status);
        expect((await call('GET', `${path}/${id}/permanent-silenceds`)).status).toBe(status);
        const { body } = await call('GET', `${path}?where=${encodeURIComponent(JSON.stringify({ objectId: id }))}`);
        expect(body['results']).toHaveLength(status === 200 ? 1 : 0);
      }
  });
});

describe('members', () => {
  it('are added, listed and removed, and are notified', async () => {
    const { server, call } = await served({ limits: { members: 2 } });
    const jerry = await login(server, 'Jerry');
    const id = await create(call, 'conversations', { m: ['Tom'] });
    const members = `conversations/${id}/members`;
    expect((await call('POST', members, { client_ids: ['Jerry', 'Spike'] })).body).toMatchObject({
      allowed: ['Jerry'],
      failed: [{ code: 4304, client_ids: ['Spike'] }],
    });
    expect(await jerry.push('conv')).toMatchObject({ op: 'joined', convMessage: { cid: id } });
    expect((await call('GET', members)).body).toEqual({ result: ['Tom', 'Jerry'] });
    expect(await call('POST', members, { client_ids: ['Spike'] })).toMatchObject({ status: 409, body: { code: 4304 } });
    expect((await call('DELETE', members, { client_ids: ['Jerry'] })).body).toMatchObject({
      allowed: ['Jerry'],
      failed: [],
    });
    expect(await jerry.push('conv', ({ op }) => op === 'left')).toMatchObject({ convMessage: { cid: id } });
    expect(await call('POST', 'conversations', { m: ['a', 'b', 'c'] })).toMatchObject({
      status: 409,
      body: { code: 4304 },
    });
  });

  it('of a chat room are the clients that are in it now; they leave when it ends', async () => {
    const bus = inProcessBus();
    const { server, call } = await served({ bus });
    const tom = await login(server, 'Tom');
    const id = await create(call, 'chatrooms', { name: 'Room', c: 'Spike' });
    await enter(tom, id, 'Tom');
    expect((await call('GET', `chatrooms/${id}/members`)).body).toEqual({ result: ['Tom'] });
    expect(await call('POST', `chatrooms/${id}/members`, { client_ids: ['Jerry'] })).toMatchObject({
      status: 403,
      body: { code: 4314 },
    });
    await call('DELETE', `chatrooms/${id}`);
    await expect.poll(() => bus.occupants(id)).toEqual([]);
    expect(await tom.request({ cmd: 'direct', directMessage: { cid: id, msg: 'x' } })).toMatchObject(refused(4401));
  });

  it('have roles', async () => {
    const { server, call } = await served();
    const jerry = await login(server, 'Jerry');
    const id = await create(call, 'conversations', { c: 'Tom', m: ['Jerry'] });
    const role = (client: string, value: string) =>
      call('PUT', `conversations/${id}/members/${client}/role`, { role: value });
    expect(await role('Jerry', 'Manager')).toMatchObject({ status: 200, body: {} });
    expect(await jerry.push('conv', ({ op }) => op === 'member_info_changed')).toMatchObject({
      convMessage: { info: { pid: 'Jerry', role: 'Manager' } },
    });
    expect(await role('Jerry', 'Owner')).toMatchObject({ status: 400 });
    expect(await role('Tom', 'Member')).toMatchObject({ status: 403, body: { code: 4324 } });
    expect(await role('Spike', 'Manager')).toMatchObject({ status: 403, body: { code: 4317 } });
  });

  it('are silenced and blocked, and both can be undone', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const [silenced, blocked] = [`conversations/${cid}/permanent-silenceds`, `conversations/${cid}/blacklists`];
    const speak = () => jerry.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } });
    const wanted = { client_ids: ['Jerry'] };

    // The back end can silence the owner, too.
    expect((await call('POST', silenced, { client_ids: ['Tom', 'Jerry'] })).body).toEqual({
      allowed: ['Tom', 'Jerry'],
      failed: [],
    });
    expect(await jerry.push('conv', ({ op }) => op === 'shutuped')).toMatchObject({ convMessage: { cid } });
    expect((await call('GET', `${silenced}?limit=1`)).body).toEqual({ client_ids: ['Jerry'], next: 'Jerry' });
    expect((await call('GET', `${silenced}?limit=1&next=Jerry`)).body).toEqual({ client_ids: ['Tom'] });
    expect(await speak()).toMatchObject(refused(4563));
    await call('DELETE', silenced, wanted);
    expect(await speak()).toMatchObject({ cmd: 'ack' });
    expect(await call('POST', silenced, { client_ids: ['Spike'] })).toMatchObject({
      status: 403,
      body: { code: 4317 },
    });

    expect((await call('POST', blocked, wanted)).status).toBe(200);
    expect(await speak()).toMatchObject(refused(4401));
    expect((await call('GET', blocked)).body).toEqual({ client_ids: ['Jerry'] });
    expect(await call('POST', `conversations/${cid}/members`, wanted)).toMatchObject({
      status: 403,
      body: { code: 4315 },
    });
    await call('DELETE', blocked, wanted);
    expect((await call('POST', `conversations/${cid}/members`, wanted)).status).toBe(200);
  });

  it('are refused with 409 if the list is full', async () => {
    const { call } = await served({ limits: { listed: 1 } });
    const id = await create(call, 'chatrooms', {});
    for (const [list, code] of [
      ['permanent-silenceds', 4561],
      ['blacklists', 4543],
    ] as const) {
      expect((await call('POST', `chatrooms/${id}/${list}`, { client_ids: ['a'] })).status).toBe(200);
      expect(await call('POST', `chatrooms/${id}/${list}`, { client_ids: ['b'] })).toMatchObject({
        status: 409,
        body: { code },
      });
    }
  });

  it('leave a chat room and a system conversation when they are blocked', async () => {
    const { server, call } = await served();
    const tom = await login(server, 'Tom');
    for (const [path, list] of [
      ['chatrooms', 'members'],
      ['service-conversations', 'subscribers'],
    ] as const) {
      const id = await create(call, path, {});
      await enter(tom, id, 'Tom');
      expect((await call('GET', `${path}/${id}/${list}`)).body).toMatchObject(
        list === 'members' ? { result: ['Tom'] } : [{ subscriber: 'Tom' }],
      );
      expect((await call('POST', `${path}/${id}/blacklists`, { client_ids: ['Tom'] })).status).toBe(200);
      expect((await call('GET', `${path}/${id}/${list}`)).body).toEqual({ result: [] });
      expect(await enter(tom, id, 'Tom')).toMatchObject({ convMessage: { failedPids: [{ code: 4315 }] } });
    }
  });
});

describe('messages', () => {
  it('arrive as messages of the client that they are from, on all devices, its own devices too', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const told = sent(
      await call('POST', `conversations/${cid}/messages`, {
        from_client: 'Tom',
        message: 'hello',
        mention_client_ids: ['Jerry'],
      }),
    );
    for (const client of [tom, jerry])
      expect(await client.push('direct')).toMatchObject({
        directMessage: {
          cid,
          fromPeerId: 'Tom',
          msg: 'hello',
          id: told['msg-id'],
          timestamp: told.timestamp,
          mentionPids: ['Jerry'],
        },
      });
    // Spike is not a member. The back end may still send in the name of Spike.
    await call('POST', `conversations/${cid}/messages`, {
      from_client: 'Spike',
      message: { _lctype: -1, _lctext: 'woof' },
      mention_all: true,
    });
    expect(await jerry.push('direct')).toMatchObject({
      directMessage: { fromPeerId: 'Spike', msg: '{"_lctype":-1,"_lctext":"woof"}', mentionAll: true },
    });
    await call('POST', `conversations/${cid}/messages`, { from_client: 'Tom', message: 'AQI=', bin: true });
    expect((await jerry.push('direct')).directMessage.binaryMsg).toEqual(new Uint8Array([1, 2]));
  });

  it('from a client that may not send can still be sent by the back end', async () => {
    const { server, call } = await served();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await call('POST', `conversations/${cid}/permanent-silenceds`, { client_ids: ['Jerry'] });
    expect((await call('POST', `conversations/${cid}/messages`, { from_client: 'Jerry', message: 'x' })).status).toBe(
      200,
    );
  });

  it('that are transient arrive and are not stored; other messages wait for clients that are offline', async () => {
    const away: unknown[] = [];
    const { server, call } = await served({
      hooks: { receiversOffline: ({ content, pushData }) => void away.push([content, pushData]) },
    });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await call('POST', `conversations/${cid}/messages`, { from_client: 'Tom', message: 'now', transient: true });
    expect(await tom.push('direct')).toMatchObject({ directMessage: { msg: 'now', transient: true } });
    await call('POST', `conversations/${cid}/messages`, {
      from_client: 'Tom',
      message: 'kept',
      push_data: { alert: 'x' },
    });
    await tom.settle();
    expect(await page(tom, cid)).toEqual(['kept']);
    expect(away).toEqual([['kept', { alert: 'x' }]]);
    expect((await call('GET', 'clients/Jerry/unread-count')).body).toEqual({ count: 1 });
  });

  it('have a priority in a chat room, and no priority in other conversations', async () => {
    const { server, call } = await served();
    const tom = await login(server, 'Tom');
    const [room, cid] = [await create(call, 'chatrooms', {}), await create(call, 'conversations', { m: ['Tom'] })];
    await enter(tom, room, 'Tom');
    for (const [name, priority] of [
      ['high', 1],
      ['Normal', 2],
      ['LOW', 3],
    ] as const) {
      await call('POST', `chatrooms/${room}/messages`, { message: name, priority: name });
      expect(await tom.push('direct')).toMatchObject({ priority, directMessage: { msg: name, fromPeerId: '' } });
    }
    expect((await call('POST', `chatrooms/${room}/messages`, { message: 'x', priority: 'first' })).status).toBe(400);
    expect((await call('POST', `conversations/${cid}/messages`, { message: 'x', priority: 'high' })).status).toBe(400);
  });

  it('are read back, newest first or oldest first, page by page', async () => {
    const { server, call } = await served();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const said = [];
    for (const msg of ['a', 'b', 'c', 'd']) said.push(await say(tom, cid, { msg }));
    const [a, , c] = said;
    const read = async (query: string) =>
      ((await call('GET', `conversations/${cid}/messages${query}`)).body as unknown as { data: string }[])
        .map(({ data }) => data)
        .join('');
    expect(await read('')).toBe('dcba');
    expect(await read('?limit=2')).toBe('dc');
    expect(await read(`?max_ts=${c?.timestamp ?? 0}&msgid=${c?.id ?? ''}`)).toBe('ba');
    expect(await read('?reversed=true&limit=2')).toBe('ab');
    expect(await read(`?reversed=true&max_ts=${a?.timestamp ?? 0}`)).toBe('bcd');
    const { body } = await call('GET', `conversations/${cid}/messages?limit=1&reversed=true`);
    expect(body).toEqual([
      {
        'msg-id': a?.id,
        'conv-id': cid,
        from: 'Tom',
        data: 'a',
        bin: false,
        timestamp: a?.timestamp,
        'is-conv': true,
        'is-room': false,
        'mention-client-ids': [],
        'mention-all': false,
      },
    ]);
    for (const query of ['?limit=x', '?limit=0', '?limit=1001', '?max_ts=-1', '?msgid=x', '?reversed=yes'])
      expect([query, (await call('GET', `conversations/${cid}/messages${query}`)).status]).toEqual([query, 400]);
  });

  it('of any sender are changed and recalled, and the clients that have them are notified', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const { id } = await say(tom, cid, { msg: 'a' });
    const path = `conversations/${cid}/messages/${id}`;
    const edited = await call('PUT', path, { message: 'b', mention_client_ids: ['Jerry'] });
    expect(edited).toMatchObject({ status: 200, body: { result: { 'patch-timestamp': expect.any(Number) } } });
    for (const client of [tom, jerry])
      expect(await client.push('patch')).toMatchObject({
        patchMessage: { patches: [{ mid: id, data: 'b', recall: false }] },
      });
    expect((await call('GET', `conversations/${cid}/messages`)).body).toMatchObject([
      { data: 'b', 'mention-client-ids': ['Jerry'], 'patch-timestamp': expect.any(Number) },
    ]);
    expect((await call('PUT', `${path}/recall`)).status).toBe(200);
    for (const client of [tom, jerry])
      expect(await client.push('patch')).toMatchObject({ patchMessage: { patches: [{ mid: id, recall: true }] } });
    expect(await call('PUT', path, { message: 'c' })).toMatchObject({ status: 404, body: { code: 4404 } });
    expect(await call('PUT', `conversations/${cid}/messages/none/recall`, {})).toMatchObject({
      status: 404,
      body: { code: 4404 },
    });
  });
});

describe('system conversations', () => {
  it('send messages to all subscribers, and to one', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const id = await create(call, 'service-conversations', { name: 'News' });
    const [messages, subscribers] = [`service-conversations/${id}/messages`, `service-conversations/${id}/subscribers`];
    expect((await call('POST', subscribers, { client_ids: ['Tom', 'Jerry', 'Spike'] })).status).toBe(200);
    expect((await call('DELETE', subscribers, { client_ids: ['Spike'] })).body).toEqual({
      allowed: ['Spike'],
      failed: [],
    });
    expect((await call('GET', subscribers)).body).toMatchObject([
      { subscriber: 'Tom', conv_id: id },
      { subscriber: 'Jerry', conv_id: id },
    ]);
    expect((await call('GET', `service-conversations/${id}`)).body).not.toHaveProperty('m');

    await call('POST', messages, { from_client: 'editor', message: 'only you', to_clients: ['Jerry'] });
    await call('POST', messages, { from_client: 'editor', message: 'everybody' });
    expect(await tom.push('direct')).toMatchObject({ directMessage: { msg: 'everybody', fromPeerId: 'editor' } });
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'only you' } });
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'everybody' } });
    expect(await page(tom, id)).toEqual(['everybody']);
    await say(tom, id, { msg: 'a question' });
    await jerry.settle();
    expect(jerry.inbox.filter(({ cmd }) => cmd === 'direct')).toEqual([]);
    expect((await call('GET', messages)).body).toMatchObject([
      { data: 'a question', from: 'Tom', to: [] },
      { data: 'everybody' },
      { data: 'only you', to: ['Jerry'] },
    ]);
  });

  it('reach every client with a broadcast', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const id = await create(call, 'service-conversations', {});
    await call('POST', `service-conversations/${id}/subscribers`, { client_ids: ['Tom'] });
    const { 'msg-id': message } = sent(
      await call('POST', 'broadcasts', { from_client: 'editor', message: 'all', conv_id: id }),
    );
    for (const client of [tom, jerry])
      expect(await client.push('direct')).toMatchObject({ directMessage: { cid: id, id: message, msg: 'all' } });
    await tom.settle();
    expect(tom.inbox.filter(({ cmd }) => cmd === 'direct')).toEqual([]);
  });

  it('are the only kind with broadcasts and with messages for some subscribers', async () => {
    const { server, call } = await served();
    const id = await create(call, 'conversations', { m: ['Tom'] });
    expect((await call('POST', `conversations/${id}/broadcasts`, { message: 'x' })).status).toBe(404);
    expect((await call('POST', `service-conversations/${id}/broadcasts`, { message: 'x' })).status).toBe(404);
    expect((await call('POST', `conversations/${id}/messages`, { message: 'x', to_clients: ['Tom'] })).status).toBe(
      400,
    );
    await expect(server.backEnd.broadcast(id, { body: 'x' })).rejects.toMatchObject({ _tag: 'Refusal', code: 4313 });
    await expect(server.backEnd.send(id, { body: 'x', to: ['Tom'] })).rejects.toMatchObject({ code: 4313 });
  });
});

describe('clients', () => {
  it('are shown as online or offline', async () => {
    const { server, call } = await served();
    await login(server, 'Tom');
    expect((await call('POST', 'clients/check-online', { client_ids: ['Jerry', 'Tom'] })).body).toEqual({
      results: ['Tom'],
    });
  });

  it('are kicked, even if the id has special characters, and have to log in again', async () => {
    const { server, call } = await served();
    const [tom, odd] = [await login(server, 'Tom'), await login(server, '猫/?#%'.repeat(12))];
    expect((await call('POST', 'clients/Tom/kick')).status).toBe(200);
    expect(await tom.push('session')).toMatchObject({
      op: 'closed',
      sessionMessage: { code: 4115, reason: 'KICKED_BY_APP' },
    });
    await call('POST', `clients/${encodeURIComponent('猫/?#%'.repeat(12))}/kick`, { reason: 'enough' });
    expect(await odd.push('session')).toMatchObject({ op: 'closed', sessionMessage: { code: 4115, reason: 'enough' } });
    expect(await server.backEnd.online(['Tom'])).toEqual([]);
  });

  it('have one count of unread messages for all conversations together', async () => {
    const { server, call } = await served();
    const tom = await login(server, 'Tom');
    for (const members of [['Jerry'], ['Jerry', 'Spike']]) {
      const cid = await start(tom, members);
      await say(tom, cid, { msg: 'a' });
      await say(tom, cid, { msg: 'b' });
    }
    expect((await call('GET', 'clients/Jerry/unread-count')).body).toEqual({ count: 4 });
    expect((await call('GET', 'clients/Nobody/unread-count')).body).toEqual({ count: 0 });
  });
});

describe('a wrong request', () => {
  it.each([
    ['POST', 'conversations', '{', 'JSON object'],
    ['POST', 'conversations', '[]', 'JSON object'],
    ['POST', 'conversations', '{"m":"Tom"}', 'm should be Array<string>, but is "Tom"'],
    ['POST', 'conversations', '{"m":["Tom",5]}', 'm.1 should be string, but is 5'],
    ['POST', 'conversations', '{"m":[""]}', '1 to 64'],
    ['POST', 'conversations', '{"lm":"x"}', 'own meaning for lm'],
    ['POST', 'conversations', '{"ttl":5}', 'ttl'],
    ['POST', 'conversations', '{"temporary":true,"name":"x"}', 'no name'],
    ['POST', 'conversations', '{"temporary":true,"ttl":0}', 'lasts 1 to'],
    ['POST', 'chatrooms', '{"temporary":true}', 'temporary'],
    ['POST', 'chatrooms', '{"m":["Tom"]}', 'no members yet'],
    ['GET', 'conversations?where=5', undefined, 'where should be a JSON object'],
    ['GET', 'conversations?where=%7B%22a%22%3A%7B%22%24x%22%3A1%7D%7D', undefined, 'no operator'],
    ['GET', 'conversations?limit=1001', undefined, '0 to 1000'],
    ['GET', 'conversations?skip=1.5', undefined, 'skip'],
    ['PUT', 'conversations/ID', '{"m":["Tom"]}', 'own meaning for m'],
    ['POST', 'conversations/ID/members', '{}', 'client_ids should be Array<string>, but is undefined'],
    ['DELETE', 'conversations/ID/members', undefined, 'client_ids'],
    ['POST', 'conversations/ID/members', `{"client_ids":["${'x'.repeat(65)}"]}`, '1 to 64'],
    ['POST', 'conversations/ID/messages', '{}', 'message should be a text or a JSON object'],
    ['POST', 'conversations/ID/messages', '{"message":5}', 'message should be a text or a JSON object'],
    ['POST', 'conversations/ID/messages', '{"message":"?!","bin":true}', 'base64'],
    ['POST', 'conversations/ID/messages', '{"message":"x","from_client":""}', '1 to 64'],
    ['POST', 'conversations/ID/messages', '{"message":"x","push_data":5}', 'push_data'],
    [
      'POST',
      'conversations/ID/messages',
      JSON.stringify({ message: 'x', mention_client_ids: Array(21).fill('a') }),
      'at most 20',
    ],
    [
      'PUT',
      'conversations/ID/messages/x',
      JSON.stringify({ message: 'x', mention_client_ids: Array(21).fill('a') }),
      'at most 20',
    ],
    ['POST', 'service-conversations/ID/broadcasts', '{"message":"x","to_clients":["Tom"]}', 'for all subscribers'],
    ['PUT', 'conversations/ID/members/Tom/role', '{"role":"King"}', 'role should be "Manager" or "Member"'],
    ['POST', 'clients/check-online', '{"client_ids":[5]}', 'client_ids.0'],
    ['POST', 'clients/Tom/kick', '{"reason":5}', 'reason'],
  ])('%s %s %s is answered with 400: %s', async (method, path, body, words) => {
    const { call } = await served();
    const id = await create(call, 'conversations', { m: ['Tom'] });
    const { status, body: answer } = await call(method, path.replace('ID', id), body);
    expect([status, answer['error']]).toEqual([400, expect.stringContaining(words)]);
    expect(answer['code']).toEqual(expect.any(Number));
  });

  it('to an unknown path, or with a wrong method, is answered with 404', async () => {
    const { call } = await served();
    for (const [method, path] of [
      ['GET', ''],
      ['GET', 'conversations/'],
      ['PATCH', 'conversations'],
      ['GET', 'clients/%zz/unread-count'],
      ['GET', `clients/${'x'.repeat(2_000)}/unread-count`],
      ['GET', 'conversations/none'],
      ['POST', 'conversations/none/messages'],
    ] as const)
      expect([path, (await call(method, path, method === 'POST' ? { message: 'x' } : undefined)).status]).toEqual([
        path,
        404,
      ]);
  });

  it('with a body or a message that is too long is answered with 413', async () => {
    const { server, call } = await served();
    const id = await create(call, 'conversations', { m: ['Tom'] });
    expect(await call('POST', `conversations/${id}/messages`, { message: 'x'.repeat(5_121) })).toMatchObject({
      status: 413,
      body: { code: 4109 },
    });
    expect(
      (await call('POST', `conversations/${id}/messages`, { message: 'x', push_data: { a: 'x'.repeat(5_120) } }))
        .status,
    ).toBe(413);
    const socket = connect(server.port, '127.0.0.1');
    const body = 'x'.repeat(1_048_577);
    socket.write('POST /1.2/rtm/conversations HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n');
    socket.write(`X-LC-Id: app\r\nX-LC-Key: master,master\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`);
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('with deeply nested JSON is answered with 400, and is not reported as an error of the server', async () => {
    const errors: unknown[] = [];
    const { call } = await served({ onError: (failure) => errors.push(failure) });
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    const id = await create(call, 'conversations', { m: ['Tom'] });
    for (const [method, path, body] of [
      ['POST', 'conversations', deep],
      ['PUT', `conversations/${id}`, deep],
      ['POST', `conversations/${id}/messages`, `{"message":${deep}}`],
      ['POST', `conversations/${id}/messages`, `{"message":"x","push_data":${deep}}`],
    ] as const)
      expect([path, (await call(method, path, body)).status]).toEqual([path, 400]);
    expect(errors).toEqual([]);
  });

  it('that a hook of the application refuses is answered with 403 and the code of the hook', async () => {
    const { call } = await served({
      hooks: {
        messageReceived: () => ({ drop: true, code: 77, detail: 'not here' }),
        conversationAdd: () => ({ drop: true }),
      },
    });
    const id = await create(call, 'conversations', { m: ['Tom'] });
    expect(await call('POST', `conversations/${id}/messages`, { message: 'x' })).toMatchObject({
      status: 403,
      body: { code: 4402, error: 'not here', appCode: 77 },
    });
    expect(await call('POST', `conversations/${id}/members`, { client_ids: ['a'] })).toMatchObject({
      status: 403,
      body: { code: 4305 },
    });
  });

  it('is answered with 500 if the server itself fails, and the failure is reported', async () => {
    const errors: unknown[] = [];
    const broken = new Error('no database');
    const { call } = await served({
      store: { ...memoryStore(), find: () => Promise.reject(broken) },
      onError: (failure) => errors.push(failure),
    });
    expect(await call('GET', 'conversations')).toMatchObject({
      status: 500,
      body: { error: expect.not.stringContaining('database') },
    });
    expect(errors).toEqual([broken]);
  });

  it('whose caller disconnects early is not reported as an error', async () => {
    const errors: unknown[] = [];
    const { server, call } = await served({ onError: (failure) => errors.push(failure) });
    const socket = connect(server.port, '127.0.0.1');
    socket.write('POST /1.2/rtm/conversations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n');
    socket.write('X-LC-Id: app\r\nX-LC-Key: master,master\r\n\r\n{');
    await call('GET', 'conversations');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.destroy();
    await closed;
    await call('GET', 'conversations');
    expect(errors).toEqual([]);
  });
});

/** What the vendor's client SDKs ask over HTTP, beside their sockets. */
import { describe, expect, it } from 'vitest';
import { createServer, type RtmServer } from 'rx-realtime/server';
import { dial, login, open, serve, start, tokenOf } from '../raw-client.js';
import { callerOf, query, served } from './caller.js';

/** A client that is away, and its token. */
const away = async (server: RtmServer, name: string): Promise<string> => {
  const client = await dial(server.url);
  const token = tokenOf(await open(client, name));
  client.socket.terminate();
  return token;
};

const as = (server: RtmServer, token: string) => callerOf(server, { 'x-lc-id': 'app', 'x-lc-im-session-token': token });

describe('a page of another origin', () => {
  it('may ask at every public path, and sees the status 404 of those that do not exist', async () => {
    const { server, call } = await served();
    for (const path of ['/1.1/rtm/nothing', '/1.1/classes/_User', '/nothing', '/1.1/date', '/v1/route', '/']) {
      const preflight = await call('OPTIONS', path);
      expect([path, preflight.headers.get('access-control-allow-origin')]).toEqual([path, '*']);
      expect([path, preflight.status < 300]).toEqual([path, true]);
      for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
        expect([path, method, (await call(method, path)).headers.get('access-control-allow-origin')]).toEqual([
          ...[path, method],
          '*',
        ]);
    }
    const headers = (await call('OPTIONS', '/1.1/rtm/nothing')).headers.get('access-control-allow-headers') ?? '';
    for (const name of ['X-LC-Id', 'X-LC-Key', 'X-LC-Sign', 'X-LC-Session', 'X-LC-UA', 'X-LC-Prod', 'Content-Type'])
      expect(headers.split(', ')).toContain(name.toLowerCase());
    expect((await callerOf(server)('GET', '/nothing')).status).toBe(404);
  });

  it('may not ask the API of the back end', async () => {
    const { call } = await served();
    for (const [method, path] of [
      ['OPTIONS', '/1.2/rtm/conversations'],
      ['GET', '/1.2/rtm/conversations'],
      ['GET', '/1.2/rtm/nothing'],
    ] as const)
      expect([path, (await call(method, path)).headers.get('access-control-allow-origin')]).toEqual([path, null]);
  });
});

describe('the router', () => {
  it.each(['secure=1', 'secure=true'])('names an address with TLS if a client asks with %s', async (secure) => {
    const server = await serve();
    const { json } = await callerOf(server)('GET', `/v1/route?appId=app&${secure}&installationId=i`);
    expect(json).toEqual({
      server: `wss://127.0.0.1:${server.port}`,
      secondary: `wss://127.0.0.1:${server.port}`,
      ttl: 3_600,
    });
    const { json: plain } = await callerOf(server)('GET', '/v1/route?appId=app&secure=0');
    expect(plain).toMatchObject({ server: server.url });
  });

  it('has no TLS, whatever clients ask for, if the public address has none', async () => {
    const server = await createServer({ publicUrl: 'ws://chat.example.com' });
    const { json } = await callerOf(server)('GET', '/v1/route?appId=app&secure=1');
    expect(json).toMatchObject({ server: 'ws://chat.example.com' });
    await server.close();
  });
});

describe('missed notices', () => {
  it('Swift SDK: without a type they are nested, with hyphens, and attributes are objects', async () => {
    const { server } = await served();
    const token = await away(server, 'Jerry');
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry', 'Spike']);
    await tom.request({
      cmd: 'conv',
      op: 'member_info_update',
      convMessage: { cid, targetClientId: 'Spike', info: { pid: 'Spike', role: 'Manager' } },
    });
    const { json } = await as(server, token)(
      'GET',
      `/1.1/rtm/notifications${query({ client_id: 'Jerry', start_ts: 0 })}`,
    );
    expect(json).toMatchObject({
      permanent: {
        notifications: [
          { cmd: 'conv', op: 'joined', cid, initBy: 'Tom', notificationType: 1, serverTs: expect.any(Number) },
          { cmd: 'conv', op: 'members-joined', cid, m: expect.arrayContaining(['Jerry']) },
          { cmd: 'conv', op: 'member-info-changed', cid, info: { pid: 'Spike', role: 'Manager' } },
        ],
      },
      droppable: { notifications: [], invalidLocalConvCache: true },
    });
  });

  it('Swift SDK: a missed change of attributes makes what it has cached outdated, and it asks again', async () => {
    const { server } = await served();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const token = await away(server, 'Jerry');
    const since = Date.now();
    await tom.request({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{"attr":{"a":1}}' } } });
    const { json } = await as(server, token)(
      'GET',
      `/1.1/rtm/notifications${query({ client_id: 'Jerry', start_ts: since })}`,
    );
    // With the mark, the SDK sets `isOutdated` of every conversation that it has, and looks at no droppable notice.
    expect(json).toEqual({
      permanent: { hasMore: false, notifications: [] },
      droppable: { notifications: [], invalidLocalConvCache: true },
    });
    const jerry = await login(server, 'Jerry');
    const answer = await jerry.request({
      cmd: 'conv',
      op: 'query',
      convMessage: { where: { data: JSON.stringify({ objectId: cid }) } },
    });
    expect(answer).toMatchObject({ convMessage: { results: { data: expect.stringContaining('"attr":{"a":1}') } } });
  });

  it('JavaScript SDK: with the type permanent they are flat, with underscores', async () => {
    const { server } = await served();
    const token = await away(server, 'Jerry');
    await start(await login(server, 'Tom'), ['Jerry']);
    const path = (type: string) =>
      `/1.1/rtm/notifications${query({ client_id: 'Jerry', start_ts: 0, notification_type: type })}`;
    expect((await as(server, token)('GET', path('permanent'))).json).toMatchObject({
      hasMore: false,
      notifications: [{ op: 'joined' }, { op: 'members_joined' }],
    });
    expect((await as(server, token)('GET', path('droppable'))).json).toEqual({
      hasMore: false,
      notifications: [],
      invalidLocalConvCache: true,
    });
  });
});

describe('roles', () => {
  it.each([
    ['C# SDK: cid', (cid: string) => query({ client_id: 'Tom', cid })],
    ['Swift and JavaScript SDKs: where', (cid: string) => query({ client_id: 'Tom', where: { cid } })],
  ])('%s names the conversation, and the owner has no row', async (_, queryOf) => {
    const { server } = await served();
    const tom = await dial(server.url);
    const token = tokenOf(await open(tom, 'Tom'));
    const cid = await start(tom, ['Jerry']);
    await server.backEnd.setRole(cid, 'Jerry', 'Manager');
    const path = `/1.1/classes/_ConversationMemberInfo`;
    expect(await as(server, token)('GET', path + queryOf(cid))).toMatchObject({
      status: 200,
      json: { results: [{ clientId: 'Jerry', cid, role: 'Manager' }] },
    });
    const stranger = await away(server, 'Spike');
    expect((await as(server, stranger)('GET', path + queryOf(cid))).status).toBe(403);
    expect((await as(server, token)('GET', path)).status).toBe(400);
  });
});

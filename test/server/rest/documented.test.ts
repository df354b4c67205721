/** REST 1.2 in the shapes of the vendor's documentation, over real HTTP, on clients with real sockets. */
import { describe, expect, it } from 'vitest';
import { login, page, say, settable, start, type RawClient } from '../raw-client.js';
import { callerOf, created, query, served, type Result } from './caller.js';

const V = '/1.2/rtm';

const messages = (client: RawClient): readonly (string | undefined)[] =>
  client.inbox.flatMap((command) => (command.cmd === 'direct' ? [command.directMessage.msg] : []));

const enter = (client: RawClient, cid: string, name: string) =>
  client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [name] } });

const sent = ({ json }: Result) => json as { readonly 'msg-id': string; readonly timestamp: number };

describe('REST 1.2: system conversations', () => {
  it('POST .../broadcasts reaches subscribers, and nobody who has unsubscribed or never subscribed', async () => {
    const { server, call } = await served();
    const [tom, jerry, spike] = [
      await login(server, 'Tom'),
      await login(server, 'Jerry'),
      await login(server, 'Spike'),
    ];
    const id = await created(call, `${V}/service-conversations`, { name: 'News' });
    const path = `${V}/service-conversations/${id}`;
    for (const client_id of ['Tom', 'Jerry'])
      expect(await call('POST', `${path}/subscribers`, { client_id })).toMatchObject({ status: 200 });
    expect(await call('DELETE', `${path}/subscribers/Jerry`)).toMatchObject({ status: 200 });
    const answer = await call('POST', `${path}/broadcasts`, { from_client: 'editor', message: 'for you' });
    expect(answer).toMatchObject({
      status: 200,
      json: { 'msg-id': expect.any(String), timestamp: expect.any(Number) },
    });
    expect(await tom.push('direct')).toMatchObject({
      directMessage: { cid: id, id: sent(answer)['msg-id'], msg: 'for you' },
    });
    await jerry.settle();
    await spike.settle();
    expect([messages(jerry), messages(spike)]).toEqual([[], []]);
  });

  it('POST /broadcasts with conv_id reaches every client that is online', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const conv_id = await created(call, `${V}/service-conversations`, {});
    const body = { from_client: 'editor', message: 'for all', conv_id, push: 'hello' };
    expect(await call('POST', `${V}/broadcasts`, body)).toMatchObject({
      status: 200,
      json: { 'msg-id': expect.any(String) },
    });
    for (const client of [tom, jerry])
      expect(await client.push('direct')).toMatchObject({ directMessage: { cid: conv_id, msg: 'for all' } });
    expect(await call('POST', `${V}/broadcasts`, { message: 'x' })).toMatchObject({ status: 400 });
    const other = await created(call, `${V}/conversations`, { m: ['Tom'] });
    expect(await call('POST', `${V}/broadcasts`, { message: 'x', conv_id: other })).toMatchObject({
      status: 403,
      json: { code: 4313 },
    });
  });

  it('GET .../subscribers gives pages of 50, after a subscriber; GET .../subscribers/count counts', async () => {
    const { call } = await served();
    const id = await created(call, `${V}/service-conversations`, {});
    const path = `${V}/service-conversations/${id}/subscribers`;
    const names = Array.from({ length: 60 }, (_, index) => `c${index}`);
    await call('POST', path, { client_ids: names });
    const first = (await call('GET', path)).json as { readonly subscriber: string }[];
    expect(first).toHaveLength(50);
    expect(first[0]).toMatchObject({ subscriber: 'c0', conv_id: id });
    const second = (await call('GET', path + query({ client_id: 'c49' }))).json as { readonly subscriber: string }[];
    expect(second.map(({ subscriber }) => subscriber)).toEqual(names.slice(50));
    expect((await call('GET', path + query({ client_id: 'nobody' }))).json).toEqual([]);
    expect((await call('GET', `${path}/count`)).json).toEqual({ count: 60 });
  });

  it('GET .../subscribers/:client/messages gives what one client may see', async () => {
    const { call } = await served();
    const id = await created(call, `${V}/service-conversations`, {});
    const path = `${V}/service-conversations/${id}`;
    await call('POST', `${path}/messages`, { from_client: 'editor', message: 'Tom only', to_clients: ['Tom'] });
    await call('POST', `${path}/broadcasts`, { from_client: 'editor', message: 'all' });
    const seen = async (client: string) =>
      ((await call('GET', `${path}/subscribers/${client}/messages`)).json as { data: string }[]).map(
        ({ data }) => data,
      );
    expect(await seen('Tom')).toEqual(['all', 'Tom only']);
    expect(await seen('Jerry')).toEqual(['all']);
  });
});

describe('REST 1.2: messages', () => {
  it('history has the ends that the documentation shows, and is a list', async () => {
    const { server, call } = await served();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const said = [];
    for (const msg of ['id1', 'id2', 'id3']) said.push(await say(tom, cid, { msg }));
    const [one, , three] = said;
    const ends = (from = one, to = three) => ({
      ...{ timestamp: from?.timestamp, msgid: from?.id },
      ...{ till_timestamp: to?.timestamp, till_msgid: to?.id },
    });
    const read = async (values: Readonly<Record<string, unknown>>) =>
      ((await call('GET', `${V}/conversations/${cid}/messages${query(values)}`)).json as { data: string }[])
        .map(({ data }) => data)
        .join(' ');
    expect(await read(ends(three, one))).toBe('id2');
    expect(await read({ ...ends(three, one), include_start: true })).toBe('id3 id2');
    expect(await read({ ...ends(three, one), include_stop: true })).toBe('id2 id1');
    expect(await read({ ...ends(), reversed: true })).toBe('id2');
    expect(await read({ ...ends(), reversed: true, include_start: true })).toBe('id1 id2');
    expect(await read({ ...ends(), reversed: true, include_stop: true })).toBe('id2 id3');
    expect(await read({ till_timestamp: one?.timestamp ?? 0 })).toBe('id3 id2');
    expect(await read({ timestamp: 0, reversed: true, limit: 2 })).toBe('id1 id2');
    expect((await call('GET', `${V}/conversations/${cid}/messages?till_msgid=x`)).status).toBe(400);
  });

  it('no_sync keeps a message from the devices of its sender; the others get it', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const path = `${V}/conversations/${cid}/messages`;
    await call('POST', path, { from_client: 'Tom', message: 'hidden', no_sync: true });
    await call('POST', path, { from_client: 'Tom', message: 'shown' });
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'hidden' } });
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'shown' } });
    expect(await tom.push('direct')).toMatchObject({ directMessage: { msg: 'shown' } });
    await tom.settle();
    expect(messages(tom)).toEqual([]);
    expect(await page(tom, cid)).toEqual(['hidden', 'shown']);
  });

  it('a message for a client in a chat room does not reach that client', async () => {
    const { server, call } = await served();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const id = await created(call, `${V}/chatrooms`, { name: 'Room' });
    await enter(tom, id, 'Tom');
    await enter(jerry, id, 'Jerry');
    await call('POST', `${V}/chatrooms/${id}/messages`, { from_client: 'Tom', message: 'hi', priority: 'HIGH' });
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'hi', fromPeerId: 'Tom' } });
    await tom.settle();
    expect(messages(tom)).toEqual([]);
    expect((await call('GET', `${V}/chatrooms/${id}/members/online-count`)).json).toEqual({ result: 2 });
  });

  it('an answer is never longer than answerBytes: a page has fewer messages, a list of results says so', async () => {
    const { call } = await served({ limits: { answerBytes: 600 } });
    const cid = await created(call, `${V}/conversations`, { m: ['Tom'] });
    const path = `${V}/conversations/${cid}/messages`;
    for (const message of ['a', 'b', 'c', 'd']) await call('POST', path, { from_client: 'Tom', message });
    const { json } = await call('GET', path);
    expect(json).toHaveLength(2);
    for (const name of ['x', 'y', 'z'])
      await created(call, `${V}/conversations`, { m: ['Tom'], name, long: 'x'.repeat(99) });
    const found = (await call('GET', `${V}/conversations`)).json as { results: unknown[]; hasMore?: boolean };
    expect(JSON.stringify(found).length).toBeLessThan(700);
    expect(found.hasMore).toBe(true);
  });
});

describe('REST 1.2: members', () => {
  it('changes of members answer with the id and the time of the conversation', async () => {
    const { call } = await served();
    const id = await created(call, `${V}/conversations`, { m: ['Tom'] });
    const path = `${V}/conversations/${id}/members`;
    const changed = { objectId: id, updatedAt: expect.any(String) };
    expect((await call('POST', path, { client_ids: ['Jerry'] })).json).toMatchObject(changed);
    expect((await call('DELETE', path, { client_ids: ['Tom'] })).json).toMatchObject(changed);
    expect((await call('GET', path)).json).toEqual({ result: ['Jerry'] });
  });

  it('mutes turn push off for members: receiversOffline does not name them', async () => {
    const told: (readonly string[])[] = [];
    const { call } = await served({ hooks: { receiversOffline: ({ offlinePeers }) => void told.push(offlinePeers) } });
    const id = await created(call, `${V}/conversations`, { m: ['Tom', 'Jerry', 'Spike'] });
    const path = `${V}/conversations/${id}`;
    expect(await call('POST', `${path}/mutes`, { client_ids: ['Tom', 'Jerry', 'nobody'] })).toMatchObject({
      status: 200,
      json: { objectId: id },
    });
    await call('DELETE', `${path}/mutes`, { client_ids: ['Jerry'] });
    expect((await call('GET', `${path}/mutes`)).json).toEqual({ result: ['Tom'] });
    await call('POST', `${path}/messages`, { from_client: 'x', message: 'm' });
    await expect.poll(() => told).toEqual([['Jerry', 'Spike']]);
    const room = await created(call, `${V}/chatrooms`, {});
    expect((await call('POST', `${V}/chatrooms/${room}/mutes`, { client_ids: ['Tom'] })).status).toBe(403);
  });

  it('member-infos are the roles, each with an id, without the owner', async () => {
    const { call } = await served();
    const id = await created(call, `${V}/conversations`, { c: 'Tom', m: ['Jerry', 'Spike'] });
    const path = `${V}/conversations/${id}/member-infos`;
    const made = await call('POST', path, { clientId: 'Jerry', role: 'Manager' });
    const { objectId } = made.json as { objectId: string };
    expect((await call('GET', path)).json).toEqual({ results: [{ clientId: 'Jerry', objectId, role: 'Manager' }] });
    expect((await call('GET', path + query({ role: 'Member' }))).json).toEqual({ results: [] });
    expect((await call('GET', `${path}?skip=1`)).json).toEqual({ results: [] });
    expect(await call('PUT', `${path}/${objectId}`, { clientId: 'Jerry', role: 'Owner' })).toMatchObject({
      status: 403,
      json: { code: 4324 },
    });
    expect((await call('DELETE', `${path}/${objectId}`)).json).toEqual({});
    expect((await call('GET', path)).json).toEqual({ results: [] });
    expect((await call('DELETE', `${path}/${objectId}`)).status).toBe(404);
    expect((await call('POST', path, { role: 'Manager' })).status).toBe(400);
  });
});

describe('REST 1.2: clients and the application', () => {
  it('unread-count with conv_id counts one conversation', async () => {
    const { server, call } = await served();
    const tom = await login(server, 'Tom');
    const [one, other] = [await start(tom, ['Jerry']), await start(tom, ['Jerry', 'Spike'])];
    await say(tom, one, { msg: 'a' });
    await say(tom, other, { msg: 'b' });
    await say(tom, other, { msg: 'c' });
    const path = `${V}/clients/Jerry/unread-count`;
    expect((await call('GET', path + query({ conv_id: one }))).json).toEqual({ count: 1 });
    expect((await call('GET', path + query({ conv_id: other }))).json).toEqual({ count: 2 });
    expect((await call('GET', path)).json).toEqual({ count: 3 });
    expect((await call('GET', path + query({ conv_id: 'none' }))).status).toBe(404);
  });

  it('service-conversations of a client are what it has subscribed to, page by page', async () => {
    const clock = settable(1_700_000_000_000);
    const { call } = await served({ clock });
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const id = await created(call, `${V}/service-conversations`, { name });
      clock.set(clock.now() + 1);
      await call('POST', `${V}/service-conversations/${id}/subscribers`, { client_id: 'Tom' });
      ids.push(id);
    }
    await created(call, `${V}/conversations`, { m: ['Tom'] });
    const read = async (values: object) =>
      (
        (await call('GET', `${V}/clients/Tom/service-conversations${query({ ...values })}`)).json as {
          conv_id: string;
        }[]
      ).map(({ conv_id }) => conv_id);
    expect(await read({})).toEqual(ids);
    expect(await read({ limit: 1, conv_id: ids[0] })).toEqual([ids[1]]);
    expect(await read({ direction: 'old', limit: 2 })).toEqual([ids[2], ids[1]]);
  });

  it('all-conversations finds every kind', async () => {
    const { call } = await served();
    for (const path of ['conversations', 'chatrooms', 'service-conversations'])
      await created(call, `${V}/${path}`, { name: path, ...(path === 'conversations' ? { m: ['Tom'] } : {}) });
    const { json } = await call('GET', `${V}/all-conversations${query({ sort: 'name', limit: 2 })}`);
    expect(json).toMatchObject({ results: [{ name: 'chatrooms', tr: true }, { name: 'conversations' }] });
  });

  it('stats count clients that are online, and those of today, each once', async () => {
    const clock = settable(20_000 * 86_400_000);
    const { server, call } = await served({ clock });
    const tom = await login(server, 'Tom');
    await login(server, 'Tom');
    await login(server, 'Jerry');
    const stats = async () => (await call('GET', `${V}/stats`)).json;
    expect(await stats()).toEqual({ result: { online_user_count: 2, user_count_today: 2 } });
    await tom.request({ cmd: 'session', op: 'close', peerId: 'Tom', sessionMessage: {} });
    clock.set(20_001 * 86_400_000);
    expect(await stats()).toMatchObject({ result: { user_count_today: 0 } });
  });

  it('clients/sign signs the login of a user, without the master key', async () => {
    const { server } = await served({
      signed: ['login'],
      authenticate: (token) => (token === 'good' ? 'Tom' : undefined),
    });
    const call = callerOf(server, { 'x-lc-id': 'app', 'x-lc-key': 'the app key' });
    const signed = await call('GET', `${V}/clients/sign?session_token=good`);
    expect(signed).toMatchObject({ status: 200, json: { client_id: 'Tom' } });
    const {
      timestamp: t,
      nonce: n,
      signature: s,
    } = signed.json as { timestamp: number; nonce: string; signature: string };
    const tom = await login(server, 'Tom', { t, n, s });
    expect(tom.inbox).toEqual([]);
    expect(await call('GET', `${V}/clients/sign?session_token=bad`)).toMatchObject({
      status: 401,
      json: { code: 211 },
    });
    expect((await call('GET', `${V}/clients/sign`)).status).toBe(400);
    expect((await call('GET', `${V}/stats`)).status).toBe(401);
  });
});

describe('REST 1.2: moderation', () => {
  it('DELETE of a message takes it out of the history, also of a system conversation', async () => {
    const { server, call } = await served();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const [first] = [await say(tom, cid, { msg: 'a' }), await say(tom, cid, { msg: 'b' })];
    const path = `${V}/conversations/${cid}/messages/${first.id}`;
    const values = query({ from_client: 'Tom', timestamp: first.timestamp });
    expect(await call('DELETE', path + values)).toMatchObject({ status: 200, json: {} });
    expect(await page(tom, cid)).toEqual(['b']);
    expect(await call('DELETE', path + values)).toMatchObject({ status: 404, json: { code: 4404 } });
    const id = await created(call, `${V}/service-conversations`, {});
    const base = `${V}/service-conversations/${id}`;
    const only = sent(await call('POST', `${base}/messages`, { from_client: 'e', message: 'x', to_clients: ['Tom'] }));
    expect((await call('DELETE', `${base}/subscribers/Tom/messages/${only['msg-id']}`)).status).toBe(200);
    expect((await call('GET', `${base}/messages`)).json).toEqual([]);
  });

  it('temporary-silenceds silence a client for some seconds, who is told', async () => {
    const clock = settable(1_700_000_000_000);
    const { server, call } = await served({ clock });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const path = `${V}/conversations/${cid}/temporary-silenceds`;
    expect(await call('POST', path, { client_id: 'Jerry', ttl: 50 })).toMatchObject({ status: 200, json: {} });
    expect(await jerry.push('conv', ({ op }) => op === 'shutuped')).toMatchObject({ convMessage: { cid } });
    const speak = () => jerry.request({ cmd: 'direct', directMessage: { cid, msg: 'a' } });
    expect(JSON.stringify(await speak())).toContain('4563');
    clock.set(clock.now() + 50_001);
    expect(await speak()).toMatchObject({ cmd: 'ack', ackMessage: { uid: expect.any(String) } });
    await call('POST', path, { client_id: 'Jerry', ttl: 50 });
    expect((await call('DELETE', path + query({ client_id: 'Jerry' }))).status).toBe(200);
    expect(await jerry.push('conv', ({ op }) => op === 'unshutuped')).toMatchObject({ convMessage: { cid } });
    expect(await speak()).toMatchObject({ cmd: 'ack', ackMessage: { uid: expect.any(String) } });
    for (const ttl of [0, 86_401, 1.5])
      expect((await call('POST', path, { client_id: 'Jerry', ttl })).status).toBe(400);
  });

  it('GET /messages and GET /clients/:client/messages read all conversations together', async () => {
    const clock = settable(1_700_000_000_000);
    const { server, call } = await served({ clock });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const [one, other] = [await start(tom, ['Jerry']), await start(tom, ['Jerry', 'Spike'])];
    const said = [];
    for (const [client, cid, msg] of [
      [tom, one, 'a'],
      [jerry, other, 'b'],
      [tom, other, 'c'],
      [jerry, one, 'd'],
    ] as const) {
      said.push(await say(client, cid, { msg }));
      // Two conversations may have a message of the same millisecond.
      clock.set(clock.now() + 1);
    }
    const read = async (path: string, values: object = {}) =>
      ((await call('GET', V + path + query({ ...values }))).json as { data: string }[])
        .map(({ data }) => data)
        .join('');
    expect(await read('/messages')).toBe('dcba');
    expect(await read('/messages', { limit: 3 })).toBe('dcb');
    expect(await read('/messages', { timestamp: 0, reversed: true, limit: 2 })).toBe('ab');
    const [, second] = said;
    expect(await read('/messages', { timestamp: second?.timestamp, msgid: second?.id, reversed: true })).toBe('cd');
    expect(await read('/clients/Tom/messages')).toBe('ca');
    expect(await read('/clients/Jerry/messages', { limit: 1 })).toBe('d');
    expect(await read('/clients/Nobody/messages')).toBe('');
  });
});

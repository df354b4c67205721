/** Attacks over HTTP: each attempt is refused, and nobody notices it. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { subprotocols } from 'rx-realtime/codecs';
import type { Limits } from 'rx-realtime/server';
import { dial, open, start, tokenOf } from '../raw-client.js';
import { world } from './world.js';

describe('over HTTP', () => {
  const addresses = async (limits: Partial<Limits> = {}) => {
    const there = await world({ limits });
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
      expect(JSON.parse((await ask(`${infos}&owner=true`, token)).text)).toEqual({
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
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 4/);
    await once(socket, 'close');
  });

  it('a wish for another protocol is ignored, with and without a body, also on a connection that goes on', async () => {
    const { server } = await addresses();
    const socket = connect(server.port, '127.0.0.1');
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
    const answer = async (...pieces: readonly string[]): Promise<string> => {
      for (const piece of pieces) socket.write(piece);
      const [data] = (await once(socket, 'data')) as [Buffer];
      return data.toString().replace(/^Date: .*$/m, '');
    };
    const get = 'GET /v1/route?appId=app HTTP/1.1\r\nHost: x\r\n';
    const post = 'POST /1.2/rtm/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n';
    const [got, posted] = [await answer(`${get}\r\n`), await answer(`${post}\r\nhello`)];
    expect(await answer(`${get}${offer}\r\n`)).toBe(got);
    expect(await answer(`${post}${offer}\r\nhe`, 'llo')).toBe(posted);
    expect(await answer(`${post}${offer}\r\nhello`)).toBe(posted);
    expect(await answer(`${get}\r\n`)).toBe(got);
    socket.destroy();
  });

  it('a connection whose requests wish for other protocols counts once', async () => {
    const { server } = await addresses({ connectionsByAddress: 10 });
    const socket = connect(server.port, '127.0.0.1');
    for (let times = 0; times < 20; times += 1) {
      socket.write('GET /v1/route?appId=app HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
      const [data] = (await once(socket, 'data')) as [Buffer];
      expect(data.toString()).toMatch(/^HTTP\/1\.1 200/);
    }
    socket.destroy();
  });
});

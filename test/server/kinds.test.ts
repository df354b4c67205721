/** How chat rooms, temporary conversations and system conversations differ from ordinary ones. */
import { describe, expect, it } from 'vitest';
import { memoryStore, type ServerOptions } from 'rx-realtime/server';
import {
  dial,
  find,
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
import { statsNow } from './stats-now.js';

type Request = Parameters<RawClient['request']>[0];

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

const enter = (client: RawClient, cid: string, id: string): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } });
const exit = (client: RawClient, cid: string, id: string): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m: [id] } });
const send = (client: RawClient, cid: string, msg = 'x'): Promise<Received> =>
  client.request({ cmd: 'direct', directMessage: { cid, msg } });

/** A chat room that its creator Tom has left: that he is in it has a test of its own. */
const startRoom = async (tom: RawClient, m: readonly string[] = [], fields: object = {}): Promise<string> => {
  const cid = await start(tom, m, { transient: true, ...fields });
  await exit(tom, cid, 'Tom');
  return cid;
};

const countOf = async (client: RawClient, cid: string): Promise<number> => {
  const answer = await client.request({ cmd: 'conv', op: 'count', convMessage: { cid } });
  if (answer.cmd !== 'conv' || answer.op !== 'result')
    throw new Error(`a count was expected, not ${JSON.stringify(answer)}`);
  return answer.convMessage.count;
};

/** What a client has heard since the last call: the bodies of messages, and the names of all other commands. */
const heard = async (client: RawClient): Promise<readonly (string | undefined)[]> => {
  await client.settle();
  return client.inbox.splice(0).map((push) => {
    if (push.cmd === 'direct') return push.directMessage.msg;
    return 'op' in push ? `${push.cmd}/${push.op}` : push.cmd;
  });
};

/** A token, and the socket on which the login got it. */
const loginAs = async (
  url: string,
  id: string,
  st?: string,
): Promise<{ readonly client: RawClient; readonly token: string }> => {
  const client = await dial(url);
  const token = tokenOf(await open(client, id, st === undefined ? {} : { st, r: true }));
  await client.push('unread');
  return { client, token };
};

describe('a chat room', () => {
  const cast = async (options: ServerOptions = {}) => {
    const server = await serve(options);
    const [tom, jerry, spike] = [
      await login(server, 'Tom'),
      await login(server, 'Jerry'),
      await login(server, 'Spike'),
    ];
    return { server, tom, jerry, spike, cid: await startRoom(tom) };
  };

  it('can be entered and left; only clients inside it receive messages, from any sender', async () => {
    const { tom, jerry, spike, cid } = await cast();
    expect(await enter(jerry, cid, 'Jerry')).toMatchObject({
      op: 'added',
      convMessage: { cid, allowedPids: ['Jerry'] },
    });
    await say(tom, cid, { msg: 'from outside' });
    await say(jerry, cid, { msg: 'from inside' });
    expect([await heard(jerry), await heard(tom), await heard(spike)]).toEqual([['from outside'], [], []]);
    expect(await exit(jerry, cid, 'Jerry')).toMatchObject({
      op: 'removed',
      convMessage: { cid, allowedPids: ['Jerry'] },
    });
    await say(tom, cid, { msg: 'to nobody' });
    expect(await heard(jerry)).toEqual([]);
  });

  it('can be entered and left several times without an effect', async () => {
    const { tom, jerry, spike, cid } = await cast();
    for (let n = 0; n < 3; n += 1) await enter(jerry, cid, 'Jerry');
    await say(tom, cid, { msg: 'once' });
    expect(await heard(jerry)).toEqual(['once']);
    for (let n = 0; n < 2; n += 1) expect(await exit(jerry, cid, 'Jerry')).toMatchObject({ op: 'removed' });
    expect(await exit(spike, cid, 'Spike')).toMatchObject({ op: 'removed' });
    expect(await countOf(tom, cid)).toBe(0);
  });

  it('is one at a time for each session: entering another room leaves the first', async () => {
    const { server, tom, jerry, cid } = await cast();
    const other = await startRoom(tom);
    const tablet = await login(server, 'Jerry');
    await enter(jerry, cid, 'Jerry');
    await enter(tablet, cid, 'Jerry');
    await enter(jerry, other, 'Jerry');
    expect([await countOf(tom, cid), await countOf(tom, other)]).toEqual([1, 1]);
    await say(tom, cid, { msg: 'first' });
    await say(tom, other, { msg: 'other' });
    expect([await heard(jerry), await heard(tablet)]).toEqual([['other'], ['first']]);
    await exit(jerry, cid, 'Jerry');
    expect([await countOf(tom, cid), await countOf(tom, other)]).toEqual([1, 1]);
    await enter(jerry, cid, 'Jerry');
    expect([await countOf(tom, cid), await countOf(tom, other)]).toEqual([1, 0]);
  });

  it('counts each client once, with any number of devices in the room', async () => {
    const { server, tom, jerry, spike, cid } = await cast();
    expect(await countOf(spike, cid)).toBe(0);
    const tablet = await login(server, 'Jerry');
    for (const device of [jerry, tablet]) await enter(device, cid, 'Jerry');
    expect(await countOf(spike, cid)).toBe(1);
    await enter(tom, cid, 'Tom');
    expect(await countOf(spike, cid)).toBe(2);
    await exit(jerry, cid, 'Jerry');
    expect(await countOf(spike, cid)).toBe(2);
    await exit(tablet, cid, 'Jerry');
    expect(await countOf(spike, cid)).toBe(1);
  });

  it('has no members, even if some were named at its creation, and is never unique', async () => {
    const { tom, jerry } = await cast();
    const rooms = [
      await startRoom(tom, ['Jerry'], { unique: true }),
      await startRoom(tom, ['Jerry'], { unique: true }),
      await start(tom, ['Jerry'], { unique: true }),
    ];
    expect(new Set(rooms).size).toBe(3);
    const [room = ''] = rooms;
    expect(await countOf(tom, room)).toBe(0);
    const [info] = await find(tom, { objectId: room });
    expect(info).toMatchObject({ objectId: room, tr: true, c: 'Tom' });
    expect(info).not.toHaveProperty('m');
    expect(info).not.toHaveProperty('unique');
    expect((await heard(jerry)).filter((name) => name === 'conv/joined')).toHaveLength(1);
  });

  it('sends no notices when clients enter, leave, or are added or removed', async () => {
    const { tom, jerry, spike, cid } = await cast();
    await enter(tom, cid, 'Tom');
    await enter(jerry, cid, 'Jerry');
    expect(await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike'] } })).toMatchObject(
      error(4314),
    );
    expect(await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom', 'Spike'] } })).toMatchObject(
      error(4314),
    );
    expect(await tom.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Jerry'] } })).toMatchObject(
      error(4314),
    );
    await enter(spike, cid, 'Spike');
    await exit(spike, cid, 'Spike');
    await enter(spike, cid, 'Spike');
    spike.socket.terminate();
    await expect.poll(() => countOf(tom, cid)).toBe(2);
    expect([await heard(tom), await heard(jerry)]).toEqual([[], []]);
  });

  it('sends a message to all sessions inside, except the session that sent it', async () => {
    const { server, tom, cid } = await cast();
    const [tablet, phone] = [await login(server, 'Tom'), await login(server, 'Tom')];
    await enter(tom, cid, 'Tom');
    await enter(tablet, cid, 'Tom');
    await say(tom, cid, { msg: 'x' });
    expect([await heard(tom), await heard(tablet), await heard(phone)]).toEqual([[], ['x'], []]);
  });

  it.each([1, 2, 3])('passes on the priority %d, and adds no priority to other messages', async (priority) => {
    const { tom, jerry, cid } = await cast();
    await enter(jerry, cid, 'Jerry');
    await tom.request({ cmd: 'direct', priority, directMessage: { cid, msg: 'x' } });
    expect(await jerry.push('direct')).toMatchObject({ priority, directMessage: { msg: 'x' } });
    await say(tom, cid, { msg: 'y' });
    expect(await jerry.push('direct')).not.toHaveProperty('priority');
  });

  it('keeps a history that everybody can read, without transient messages; changes go to clients inside', async () => {
    const { tom, jerry, spike, cid } = await cast();
    await enter(jerry, cid, 'Jerry');
    const { id: mid } = await say(tom, cid, { msg: 'before' });
    await say(tom, cid, { msg: 'passing', transient: true });
    expect(await heard(jerry)).toEqual(['before', 'passing']);
    const patch = (change: object) =>
      tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, ...change }] } });
    expect(await patch({ data: 'after' })).toMatchObject({ op: 'modified' });
    expect(await page(spike, cid)).toEqual(['after']);
    expect(await patch({ recall: true })).toMatchObject({ op: 'modified' });
    expect([await heard(jerry), await heard(spike)]).toEqual([['patch/modify', 'patch/modify'], []]);
    expect(await page(spike, cid)).toEqual(['{"_lctype":-127}']);
  });

  it('has no unread messages, no receipts, and no pushes', async () => {
    const pushed: unknown[] = [];
    const { server, tom, jerry, cid } = await cast({
      hooks: { receiversOffline: (message) => void pushed.push(message) },
    });
    await enter(jerry, cid, 'Jerry');
    await say(tom, cid, { msg: 'x', r: true, mentionAll: true });
    jerry.send({ cmd: 'ack', ackMessage: { cid, fromts: 0, tots: Number.MAX_SAFE_INTEGER } });
    jerry.send({ cmd: 'read', readMessage: { cid } });
    expect(await heard(jerry)).toEqual(['x']);
    expect(await heard(tom)).toEqual([]);
    const again = await dial(server.url);
    await open(again, 'Jerry', { lastUnreadNotifTime: 0 });
    expect((await again.push('unread')).unreadMessage.convs ?? []).toEqual([]);
    expect(pushed).toEqual([]);
  });

  it('removes a blocked client, and lets an unblocked client enter', async () => {
    const { tom, jerry, spike, cid } = await cast();
    for (const [client, id] of [
      [jerry, 'Jerry'],
      [spike, 'Spike'],
    ] as const)
      await enter(client, cid, id);
    await tom.request({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: ['Jerry'] } });
    await say(tom, cid, { msg: 'x' });
    expect([await heard(jerry), await heard(spike)]).toEqual([['conv/blocked'], ['x']]);
    expect(await enter(jerry, cid, 'Jerry')).toMatchObject({ convMessage: { failedPids: [{ code: 4315 }] } });
    expect(await send(jerry, cid)).toMatchObject(refused(4315));
    await tom.request({ cmd: 'blacklist', op: 'unblock', blacklistMessage: { srcCid: cid, toPids: ['Jerry'] } });
    expect(await countOf(tom, cid)).toBe(1);
    expect(await enter(jerry, cid, 'Jerry')).toMatchObject({ convMessage: { allowedPids: ['Jerry'] } });
  });

  it('can be changed by its creator only', async () => {
    const { tom, jerry, cid } = await cast();
    await enter(jerry, cid, 'Jerry');
    const update = (client: RawClient) =>
      client.request({
        cmd: 'conv',
        op: 'update',
        convMessage: { cid, attr: { data: '{"name":"Mice","topic":"cheese"}' } },
      });
    expect(await update(jerry)).toMatchObject({ cmd: 'error' });
    expect(await update(tom)).toMatchObject({ op: 'updated' });
    expect(await find(jerry, { objectId: cid })).toMatchObject([{ name: 'Mice', topic: 'cheese' }]);
  });

  it('is left by all clients inside when it ends; they are notified, and nobody can enter it', async () => {
    const { server, tom, jerry, spike, cid } = await cast();
    const { client, token } = await loginAs(server.url, 'Butch');
    await enter(client, cid, 'Butch');
    await enter(jerry, cid, 'Jerry');
    await server.backEnd.delete(cid);
    expect(await enter(tom, cid, 'Tom')).toMatchObject(error(4303));
    for (const [inside, peerId] of [
      [jerry, 'Jerry'],
      [client, 'Butch'],
    ] as const)
      expect(await inside.push('conv')).toMatchObject({ op: 'left', peerId, convMessage: { cid } });
    expect([await heard(jerry), await heard(tom), await heard(spike)]).toEqual([[], [], []]);
    client.socket.terminate();
    await expect.poll(async () => (await statsNow(server)).sockets).toBe(3);
    expect((await loginAs(server.url, 'Butch', token)).token).toBe(token);
  });

  it.each([
    ['sends', send],
    [
      'asks how many there are',
      (client: RawClient, cid: string) => client.request({ cmd: 'conv', op: 'count', convMessage: { cid } }),
    ],
    ['enters', (client: RawClient, cid: string) => enter(client, cid, 'Tom')],
    ['leaves', (client: RawClient, cid: string) => exit(client, cid, 'Tom')],
    ['reads', (client: RawClient, cid: string) => client.request({ cmd: 'logs', logsMessage: { cid } })],
  ])('that has ended for lack of activity notifies clients inside, once, when somebody %s', async (_, ask) => {
    const clock = settable(1_700_000_000_000);
    const { tom, jerry, cid } = await cast({ clock });
    await enter(jerry, cid, 'Jerry');
    clock.set(clock.now() + 181 * 86_400_000);
    expect(await heard(jerry)).toEqual([]);
    for (let times = 0; times < 2; times += 1) expect(codeOf(await ask(tom, cid))).toBeGreaterThan(0);
    expect([await heard(jerry), await heard(tom)]).toEqual([['conv/left'], []]);
  });

  it('does not end for the clients inside when another client is refused', async () => {
    const { tom, jerry, spike, cid } = await cast();
    await enter(jerry, cid, 'Jerry');
    await tom.request({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: ['Spike'] } });
    expect(await send(spike, cid)).toMatchObject(refused(4315));
    expect(await send(spike, 'nothing')).toMatchObject(refused(4401));
    await say(tom, cid, { msg: 'x' });
    expect(await heard(jerry)).toEqual(['x']);
  });

  describe('after a break', () => {
    const MINUTE = 60_000;
    const inside = async () => {
      const clock = settable(1_700_000_000_000);
      const there = await cast({ clock, limits: { tokenTtl: 10_000_000 } });
      const { client, token } = await loginAs(there.server.url, 'Butch');
      await enter(client, there.cid, 'Butch');
      /** The connection breaks, and this waits until the server has noticed. */
      const breaks = async (socket: RawClient): Promise<void> => {
        const { sockets } = await statsNow(there.server);
        socket.socket.terminate();
        await expect.poll(async () => (await statsNow(there.server)).sockets).toBe(sockets - 1);
        expect(await countOf(there.tom, there.cid)).toBe(0);
        await there.tom.settle();
      };
      return { ...there, clock, client, token, breaks };
    };
    const isInside = async (tom: RawClient, client: RawClient, cid: string): Promise<boolean> => {
      await say(tom, cid, { msg: 'are you there' });
      const [words, count] = [await heard(client), await countOf(tom, cid)];
      expect(words).toEqual(count === 1 ? ['are you there'] : []);
      return count === 1;
    };

    it.each([0, 1, 30 * MINUTE - 1])('of %d ms (under half an hour) is restored by the token', async (pause) => {
      const { server, clock, tom, client, token, breaks, cid } = await inside();
      await breaks(client);
      clock.set(clock.now() + pause);
      expect(await isInside(tom, (await loginAs(server.url, 'Butch', token)).client, cid)).toBe(true);
    });

    it.each([30 * MINUTE + 1, 24 * 60 * MINUTE])(
      'of %d ms is not restored; the room can be entered again',
      async (pause) => {
        const { server, clock, tom, client, token, breaks, cid } = await inside();
        await breaks(client);
        clock.set(clock.now() + pause);
        const back = await loginAs(server.url, 'Butch', token);
        expect(await isInside(tom, back.client, cid)).toBe(false);
        await enter(back.client, cid, 'Butch');
        expect(await isInside(tom, back.client, cid)).toBe(true);
      },
    );

    it('is restored by the token only, and not by another login', async () => {
      const { server, tom, client, breaks, cid } = await inside();
      await breaks(client);
      expect(await isInside(tom, (await loginAs(server.url, 'Butch')).client, cid)).toBe(false);
    });

    it('is restored within half an hour of each break', async () => {
      const { server, clock, tom, client, token, breaks, cid } = await inside();
      let current = client;
      for (let n = 0; n < 3; n += 1) {
        await breaks(current);
        clock.set(clock.now() + 29 * MINUTE);
        current = (await loginAs(server.url, 'Butch', token)).client;
        expect(await isInside(tom, current, cid)).toBe(true);
        clock.set(clock.now() + 60 * MINUTE);
      }
      await breaks(current);
      clock.set(clock.now() + 31 * MINUTE);
      expect(await isInside(tom, (await loginAs(server.url, 'Butch', token)).client, cid)).toBe(false);
      await expect.poll(async () => (await statsNow(server)).sockets).toBe(4);
    });

    it('is the last room that was entered; a room that was left is not restored', async () => {
      const { server, tom, client, token, cid } = await inside();
      const other = await startRoom(tom);
      await enter(client, other, 'Butch');
      client.socket.terminate();
      await expect.poll(() => countOf(tom, other)).toBe(0);
      const back = await loginAs(server.url, 'Butch', token);
      expect([await countOf(tom, cid), await countOf(tom, other)]).toEqual([0, 1]);
      await exit(back.client, other, 'Butch');
      back.client.socket.terminate();
      await expect.poll(async () => (await statsNow(server)).sockets).toBe(3);
      await loginAs(server.url, 'Butch', token);
      expect([await countOf(tom, cid), await countOf(tom, other)]).toEqual([0, 0]);
    });

    it('is restored even if the server did not notice the break', async () => {
      const { server, tom, client, token, cid } = await inside();
      const back = await loginAs(server.url, 'Butch', token);
      expect(await isInside(tom, back.client, cid)).toBe(true);
      expect(await heard(client)).toEqual([]);
    });

    it('is not restored for a client that was blocked meanwhile, nor after it is unblocked', async () => {
      const { server, tom, client, token, breaks, cid } = await inside();
      await breaks(client);
      const list = (op: 'block' | 'unblock') =>
        tom.request({ cmd: 'blacklist', op, blacklistMessage: { srcCid: cid, toPids: ['Butch'] } });
      await list('block');
      const back = await loginAs(server.url, 'Butch', token);
      expect(await countOf(tom, cid)).toBe(0);
      await list('unblock');
      await breaks(back.client);
      await loginAs(server.url, 'Butch', token);
      expect(await countOf(tom, cid)).toBe(0);
    });

    it('is not restored if the room has ended meanwhile, and the login succeeds', async () => {
      const { server, client, token, breaks, cid } = await inside();
      await breaks(client);
      await server.backEnd.delete(cid);
      const back = await loginAs(server.url, 'Butch', token);
      expect(await enter(back.client, cid, 'Butch')).toMatchObject(error(4303));
    });

    it('does not deliver messages that were sent meanwhile; they are in the history', async () => {
      const { server, tom, client, token, breaks, cid } = await inside();
      await breaks(client);
      await say(tom, cid, { msg: 'missed' });
      const back = await loginAs(server.url, 'Butch', token);
      expect(await heard(back.client)).toEqual([]);
      expect(await page(back.client, cid)).toEqual(['missed']);
    });
  });
});

describe('a temporary conversation', () => {
  const cast = async (fields: { readonly tempConvTTL?: number } = {}, options: ServerOptions = {}) => {
    const clock = settable(1_700_000_000_000);
    const server = await serve({ clock, store: memoryStore({ clock }), ...options });
    const [tom, jerry, spike] = [
      await login(server, 'Tom'),
      await login(server, 'Jerry'),
      await login(server, 'Spike'),
    ];
    const cid = await start(tom, ['Jerry'], { tempConv: true, ...fields });
    return { server, clock, tom, jerry, spike, cid };
  };

  it('has an id that shows its kind, and a lifetime in the answer to its creator', async () => {
    const { tom } = await cast();
    expect(
      await tom.request({ cmd: 'conv', op: 'start', convMessage: { m: ['Spike'], tempConv: true, tempConvTTL: 60 } }),
    ).toMatchObject({
      op: 'started',
      convMessage: {
        cid: expect.stringMatching(/^_tmp:/) as string,
        tempConvTTL: 60,
        cdate: '2023-11-14T22:13:20.000Z',
      },
    });
  });

  it('sends notices of its creation; its members receive messages at once or at their next login', async () => {
    const { server, tom, jerry, spike, cid } = await cast();
    expect([await heard(jerry), await heard(spike)]).toEqual([['conv/joined', 'conv/members_joined'], []]);
    await say(tom, cid, { msg: 'psst' });
    expect([await heard(jerry), await heard(spike)]).toEqual([['psst'], []]);
    const again = await dial(server.url);
    await open(again, 'Jerry');
    expect((await again.push('unread')).unreadMessage.convs).toMatchObject([{ cid, unread: 1, data: 'psst' }]);
  });

  it('has a history, in which a client that comes back finds the messages that it has missed', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry'], { tempConv: true });
    await say(tom, cid, { msg: 'missed' });
    expect(await page(await login(server, 'Jerry'), cid)).toEqual(['missed']);
  });

  it('supports receipts and changes of messages', async () => {
    const { tom, jerry, cid } = await cast();
    const { id: mid, timestamp } = await say(tom, cid, { msg: 'psst', r: true });
    jerry.send({ cmd: 'ack', ackMessage: { cid, fromts: timestamp, tots: timestamp } });
    expect((await tom.push('rcp')).rcpMessage).toMatchObject({ cid, id: mid, from: 'Jerry' });
    await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, recall: true }] } });
    expect((await jerry.push('patch')).patchMessage).toMatchObject({ patches: [{ cid, mid, recall: true }] });
  });

  it('ends when its lifetime is over: commands are refused with 4323, and queries do not find it', async () => {
    const { server, clock, tom, jerry, cid } = await cast({ tempConvTTL: 60 });
    await say(tom, cid, { msg: 'psst' });
    const { id: mid } = await say(tom, cid, { msg: 'pssst' });
    await heard(jerry);
    const commands: readonly Request[] = [
      { cmd: 'direct', directMessage: { cid, msg: 'x' } },
      { cmd: 'direct', directMessage: { cid, msg: 'x', transient: true } },
      { cmd: 'direct', directMessage: { cid, msg: 'x', will: true } },
      { cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, recall: true }] } },
      { cmd: 'logs', logsMessage: { cid } },
      { cmd: 'read', readMessage: { cid } },
      { cmd: 'ack', ackMessage: { cid, mid } },
      { cmd: 'conv', op: 'count', convMessage: { cid } },
      { cmd: 'conv', op: 'max_read', convMessage: { cid } },
      { cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom'] } },
      { cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Tom'] } },
      { cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{}' } } },
      { cmd: 'conv', op: 'mute', convMessage: { cid } },
      { cmd: 'conv', op: 'query_shutup', convMessage: { cid } },
      { cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cid } },
    ];
    clock.set(clock.now() + 60_000);
    for (const command of commands) expect(codeOf(await tom.request(command))).toBe(4323);
    expect(await find(tom, { objectId: cid })).toEqual([]);
    expect(await tom.request({ cmd: 'conv', op: 'query', convMessage: { tempConvIds: [cid] } })).toMatchObject({
      convMessage: { results: { data: '[]' } },
    });
    const again = await dial(server.url);
    await open(again, 'Jerry', { lastUnreadNotifTime: 0, lastPatchTime: 0, configBitmap: 1 });
    await again.settle();
    expect(again.inbox).toMatchObject([{ cmd: 'unread', unreadMessage: {} }]);
    expect(JSON.stringify(again.inbox)).not.toContain(cid);
    expect(await heard(jerry)).toEqual([]);
  });

  it('is not extended by activity', async () => {
    const { clock, tom, cid } = await cast({ tempConvTTL: 60 });
    for (const seconds of [20, 40, 59]) {
      clock.set(1_700_000_000_000 + seconds * 1_000);
      await say(tom, cid, { msg: 'x' });
    }
    clock.set(1_700_000_000_000 + 60_000);
    expect(await send(tom, cid)).toMatchObject(refused(4323));
  });

  it('is the same for the same members while it lasts; it is never an ordinary one', async () => {
    const { clock, tom, jerry } = await cast({ tempConvTTL: 60 });
    const make = (client: RawClient, m: string[], fields: object = {}) =>
      start(client, m, { tempConv: true, tempConvTTL: 60, unique: true, ...fields });
    const first = await make(tom, ['Jerry']);
    expect(await make(jerry, ['Tom'])).toBe(first);
    expect(await make(tom, ['Jerry', 'Spike'])).not.toBe(first);
    expect(await make(tom, ['Jerry'], { unique: false })).toBe(first);
    expect(await start(tom, ['Jerry'], { unique: true })).not.toMatch(/^_tmp:/);
    clock.set(clock.now() + 59_999);
    expect(await make(tom, ['Jerry'])).toBe(first);
    clock.set(clock.now() + 1);
    const second = await make(tom, ['Jerry']);
    expect(second).not.toBe(first);
    expect(await make(jerry, ['Tom'])).toBe(second);
  });

  it('keeps the members of its creation, has no name and no attributes, and cannot be changed', async () => {
    const { tom, jerry, spike } = await cast();
    const cid = await start(tom, ['Jerry'], { tempConv: true, attr: { data: '{"name":"Mice","topic":"cheese"}' } });
    const before = await find(tom, { objectId: cid });
    expect(before).toEqual([
      {
        objectId: cid,
        c: 'Tom',
        m: ['Tom', 'Jerry'],
        unique: true,
        uniqueId: expect.any(String) as string,
        ttl: 86_400,
        createdAt: expect.anything() as unknown,
        updatedAt: expect.anything() as unknown,
        conv_type: 4,
        temp: true,
        tempConv: true,
        tempConvTTL: 86_400,
      },
    ]);
    const changes: readonly (readonly [RawClient, Request])[] = [
      [tom, { cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike'] } }],
      [tom, { cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Jerry'] } }],
      [tom, { cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{"a":1}' } } }],
      [tom, { cmd: 'conv', op: 'mute', convMessage: { cid } }],
      [tom, { cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: ['Jerry'] } }],
      [tom, { cmd: 'conv', op: 'member_info_update', convMessage: { cid, info: { pid: 'Jerry', role: 'Manager' } } }],
      [tom, { cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: ['Jerry'] } }],
      [jerry, { cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Jerry'] } }],
      [spike, { cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike'] } }],
    ];
    for (const [client, command] of changes) expect(await client.request(command)).toMatchObject(error(4314));
    expect(await find(tom, { objectId: cid })).toEqual(before);
    expect(await send(jerry, cid)).toMatchObject({ cmd: 'ack' });
    expect((await heard(tom)).filter((name) => name !== 'x')).toEqual([]);
  });
});

describe('a system conversation', () => {
  const cast = async (options: ServerOptions = {}) => {
    const { clock = { now: Date.now } } = options;
    const store = memoryStore({ clock });
    const server = await serve({ store, ...options });
    const [tom, jerry, spike] = [
      await login(server, 'Tom'),
      await login(server, 'Jerry'),
      await login(server, 'Spike'),
    ];
    const { info } = await store.createConversation({
      kind: 'system',
      members: [],
      name: 'News',
      attributes: { topic: 'mice' },
      unique: false,
      now: clock.now(),
    });
    const cid = info.id;
    for (const [client, id] of [
      [tom, 'Tom'],
      [jerry, 'Jerry'],
    ] as const)
      expect(await enter(client, cid, id)).toMatchObject({ op: 'added', convMessage: { cid, allowedPids: [id] } });
    return { server, store, tom, jerry, spike, cid };
  };

  it('cannot be created by a client', async () => {
    const { tom } = await cast();
    for (const sys of [true, false, 1])
      expect(
        await tom.request({ cmd: 'conv', op: 'start', convMessage: { attr: { data: JSON.stringify({ sys }) } } }),
      ).toMatchObject(error(4301));
  });

  it('can be found by everybody, and does not show its subscribers', async () => {
    const { tom, spike, cid } = await cast();
    for (const client of [tom, spike]) {
      const [info, ...others] = await find(client, { sys: true });
      expect(info).toMatchObject({ objectId: cid, sys: true, name: 'News', topic: 'mice' });
      expect(info).not.toHaveProperty('m');
      expect(others).toEqual([]);
      for (const where of [
        { sys: true, m: 'Jerry' },
        { objectId: cid, m: { $size: 2 } },
      ])
        expect(await find(client, where)).toEqual([]);
    }
  });

  it('lets each client subscribe and unsubscribe itself only, and sends no notice', async () => {
    const { tom, jerry, spike, cid } = await cast();
    expect(await countOf(spike, cid)).toBe(2);
    expect(await enter(spike, cid, 'Spike')).toMatchObject({ convMessage: { allowedPids: ['Spike'] } });
    expect(await enter(spike, cid, 'Spike')).toMatchObject({ convMessage: { allowedPids: ['Spike'] } });
    expect(await countOf(spike, cid)).toBe(3);
    expect(await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Butch'] } })).toMatchObject(
      error(4314),
    );
    expect(await tom.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Jerry'] } })).toMatchObject(
      error(4314),
    );
    expect(await exit(spike, cid, 'Spike')).toMatchObject({ op: 'removed', convMessage: { allowedPids: ['Spike'] } });
    expect(await exit(spike, cid, 'Spike')).toMatchObject(error(4317));
    expect(await countOf(spike, cid)).toBe(2);
    expect([await heard(tom), await heard(jerry), await heard(spike)]).toEqual([[], [], []]);
  });

  it('delivers messages of the back end to subscribers only, at once or at their next login', async () => {
    const { server, tom, jerry, spike, cid } = await cast();
    await jerry.request({ cmd: 'session', op: 'close' });
    await server.backEnd.send(cid, { from: 'editor', body: 'we are open' });
    expect([await heard(tom), await heard(spike)]).toEqual([['we are open'], []]);
    await open(jerry, 'Jerry');
    expect((await jerry.push('unread')).unreadMessage.convs).toMatchObject([
      { cid, unread: 1, from: 'editor', data: 'we are open' },
    ]);
    await exit(jerry, cid, 'Jerry');
    await server.backEnd.send(cid, { body: 'not for Jerry' });
    expect([await heard(tom), await heard(jerry)]).toEqual([['not for Jerry'], []]);
    expect(await page(spike, cid)).toEqual(['we are open', 'not for Jerry']);
  });

  it('accepts messages from everybody', async () => {
    const { tom, spike, cid } = await cast();
    expect(await send(spike, cid)).toMatchObject({ cmd: 'ack' });
    await exit(tom, cid, 'Tom');
    expect(await send(tom, cid)).toMatchObject({ cmd: 'ack' });
  });

  describe('with a message from a user', () => {
    it('delivers it to the back end and to the other devices of the user, and to no other client', async () => {
      const sent: string[] = [];
      const pushed: unknown[] = [];
      const { server, tom, jerry, spike, cid } = await cast({
        hooks: {
          messageSent: ({ content }) => void sent.push(content),
          receiversOffline: (message) => void pushed.push(message),
        },
      });
      await enter(spike, cid, 'Spike');
      await spike.request({ cmd: 'session', op: 'close' });
      const phone = await login(server, 'Tom');
      await server.backEnd.send(cid, { body: 'to all' });
      await heard(jerry);
      await heard(tom);
      await say(tom, cid, { msg: 'a question', mentionAll: true, mentionPids: ['Jerry'], pushData: '{"alert":"x"}' });
      await say(tom, cid, { msg: 'passing', transient: true });
      expect([await heard(jerry), await heard(tom)]).toEqual([[], []]);
      expect(await heard(phone)).toEqual(['to all', 'a question', 'passing']);
      expect(await page(tom, cid)).toEqual(['to all', 'a question']);
      for (const reader of [jerry, await login(server, 'Butch')]) {
        expect(await page(reader, cid)).toEqual(['to all']);
        for (const fields of [{ l: 1 }, { direction: 2 as const, l: 1_000 }, { t: Number.MAX_SAFE_INTEGER }])
          expect(await page(reader, cid, fields)).toEqual(['to all']);
        expect((await find(reader, { objectId: cid }, { flag: 2 })).map(({ msg }) => msg)).toEqual(['to all']);
      }
      expect((await server.backEnd.history(cid)).map(({ msg }) => msg)).toEqual(['to all', 'a question']);
      expect(sent).toEqual(['to all', 'a question', 'passing']);
      expect(pushed).toMatchObject([{ content: 'to all', offlinePeers: ['Spike'] }]);
    });

    it('does not count it as unread, and does not show it as the last message to others', async () => {
      const { server, tom, cid } = await cast();
      await server.backEnd.send(cid, { body: 'to all' });
      await say(tom, cid, { msg: 'a question', mentionAll: true });
      const again = await dial(server.url);
      await open(again, 'Jerry');
      expect((await again.push('unread')).unreadMessage.convs).toMatchObject([
        { cid, unread: 1, mentioned: false, data: 'to all' },
      ]);
    });

    it('does not show its time to others', async () => {
      const clock = settable(1_700_000_000_000);
      const { server, tom, jerry, cid } = await cast({ clock });
      await server.backEnd.send(cid, { body: 'to all' });
      const before = await find(jerry, { objectId: cid });
      clock.set(clock.now() + 60_000);
      await say(tom, cid, { msg: 'a question' });
      expect(await find(jerry, { objectId: cid })).toEqual(before);
    });

    it('does not notify others of its changes', async () => {
      const { server, tom, jerry, cid } = await cast();
      const phone = await login(server, 'Tom');
      await server.backEnd.send(cid, { body: 'to all' });
      const { id: mid } = await say(tom, cid, { msg: 'a question' });
      for (const client of [tom, jerry, phone]) await heard(client);
      const patch = (client: RawClient, change: object) =>
        client.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, ...change }] } });
      await patch(tom, { data: 'another question' });
      expect([await heard(jerry), await heard(phone)]).toEqual([[], ['patch/modify']]);
      await patch(tom, { recall: true });
      expect([await heard(jerry), await heard(phone)]).toEqual([[], ['patch/modify']]);
      const again = await dial(server.url);
      await open(again, 'Jerry', { lastPatchTime: 0, configBitmap: 1 });
      await again.settle();
      expect(again.inbox.filter(({ cmd }) => cmd === 'patch')).toEqual([]);
    });

    it('does not let others acknowledge or read it', async () => {
      const { server, tom, jerry, cid } = await cast();
      await say(tom, cid, { msg: 'a question', r: true });
      await server.backEnd.send(cid, { body: 'to all' });
      await heard(tom);
      jerry.send({ cmd: 'ack', ackMessage: { cid, fromts: 0, tots: Number.MAX_SAFE_INTEGER } });
      jerry.send({ cmd: 'read', readMessage: { cid } });
      await jerry.settle();
      expect(await heard(tom)).toEqual([]);
      const answer = await tom.request({ cmd: 'logs', logsMessage: { cid } });
      const [question] = answer.cmd === 'logs' ? (answer.logsMessage.logs ?? []) : [];
      expect(question).toMatchObject({ data: 'a question' });
      expect(question).not.toHaveProperty('ackAt');
      expect(question).not.toHaveProperty('readAt');
    });
  });

  it('does not reveal its subscribers by what they have read', async () => {
    const { server, tom, jerry, cid } = await cast();
    await server.backEnd.send(cid, { body: 'to all' });
    jerry.send({ cmd: 'read', readMessage: { cid } });
    await jerry.settle();
    const answer = await tom.request({ cmd: 'conv', op: 'max_read', convMessage: { cid, queryAllMembers: true } });
    expect(JSON.stringify(answer)).not.toContain('Jerry');
  });

  it('can be changed by the back end only', async () => {
    const { server, tom, jerry, cid } = await cast();
    const answer = await tom.request({
      cmd: 'conv',
      op: 'update',
      convMessage: { cid, attr: { data: '{"name":"Fake news"}' } },
    });
    expect(answer).toMatchObject({ cmd: 'error' });
    expect(await heard(jerry)).toEqual([]);
    expect(await find(jerry, { objectId: cid })).toMatchObject([{ name: 'News' }]);
    await server.backEnd.update(cid, { name: 'Good news' });
    expect([await heard(tom), await heard(jerry)]).toEqual([['conv/updated'], ['conv/updated']]);
  });

  it('sends no push to a client that has muted it', async () => {
    const pushed: (readonly string[])[] = [];
    const { server, tom, jerry, cid } = await cast({
      hooks: { receiversOffline: ({ offlinePeers }) => void pushed.push(offlinePeers) },
    });
    expect(await tom.request({ cmd: 'conv', op: 'mute', convMessage: { cid } })).toMatchObject({ op: 'updated' });
    for (const client of [tom, jerry]) await client.request({ cmd: 'session', op: 'close' });
    await server.backEnd.send(cid, { body: 'x' });
    await expect.poll(() => pushed).toEqual([['Jerry']]);
  });

  it('refuses a client that the back end has blocked, and refuses messages of a silenced one', async () => {
    const { server, tom, jerry, cid } = await cast();
    await server.backEnd.block(cid, ['Tom']);
    await server.backEnd.silence(cid, ['Jerry']);
    expect(await enter(tom, cid, 'Tom')).toMatchObject({
      convMessage: { failedPids: [{ code: 4315, pids: ['Tom'] }] },
    });
    expect(await send(tom, cid)).toMatchObject(refused(4315));
    expect(await send(jerry, cid)).toMatchObject(refused(4563));
    await heard(tom);
    await server.backEnd.send(cid, { body: 'x' });
    expect(await heard(tom)).toEqual([]);
    expect(await countOf(jerry, cid)).toBe(1);
  });
});

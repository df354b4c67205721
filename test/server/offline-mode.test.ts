/** The offline mode: a login delivers the messages themselves. */
import { subprotocols } from 'rx-realtime/codecs';
import { memoryStore } from 'rx-realtime/server';
import { describe, expect, it } from 'vitest';
import { dial, login, open, say, serve, settable, start, type RawClient } from './raw-client.js';

describe('the offline mode', () => {
  const offline = async (
    server: Awaited<ReturnType<typeof serve>>,
    subprotocol = subprotocols.binaryOffline,
  ): Promise<RawClient> => {
    const jerry = await dial(server.url, subprotocol);
    await open(jerry, 'Jerry');
    await jerry.settle();
    return jerry;
  };
  const seen = (client: RawClient) =>
    client.inbox.flatMap((push) =>
      push.cmd === 'direct' ? [[push.directMessage.msg, push.directMessage.offline, push.directMessage.hasMore]] : [],
    );

  it.each([subprotocols.binaryOffline, subprotocols.base64Offline])(
    'delivers the messages, oldest first, and no counts: $name',
    async (subprotocol) => {
      const server = await serve();
      const tom = await login(server, 'Tom');
      const cid = await start(tom, ['Jerry']);
      for (const msg of ['1', '2']) await say(tom, cid, { msg });
      const jerry = await offline(server, subprotocol as typeof subprotocols.binaryOffline);
      expect(seen(jerry)).toEqual([
        ['1', true, undefined],
        ['2', true, undefined],
      ]);
      expect(jerry.inbox.filter(({ cmd }) => cmd === 'unread')).toEqual([]);
      await say(tom, cid, { msg: '3' });
      expect(
        (await jerry.push('direct', ({ directMessage }) => directMessage.msg === '3')).directMessage.offline,
      ).toBeUndefined();
    },
  );

  it('delivers the latest 20 of a conversation, and marks conversations that have more', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    for (let n = 0; n < 22; n += 1) await say(tom, cid, { msg: String(n) });
    const messages = seen(await offline(server));
    expect(messages).toHaveLength(20);
    expect([messages[0], messages.at(-1)]).toEqual([
      ['2', true, true],
      ['21', true, undefined],
    ]);
  });

  it('does not deliver messages again that were acknowledged or read on any device', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const first = await say(tom, cid, { msg: '1' });
    await say(tom, cid, { msg: '2' });
    const phone = await login(server, 'Jerry');
    phone.send({ cmd: 'ack', ackMessage: { cid, mid: first.id } });
    await phone.settle();
    expect(seen(await offline(server))).toEqual([['2', true, undefined]]);
    phone.send({ cmd: 'read', readMessage: { cid } });
    await phone.settle();
    expect(seen(await offline(server))).toEqual([]);
  });

  it('delivers changed messages as changed, and neither recalled messages nor own messages', async () => {
    const server = await serve({ limits: { offlineMessages: 2 } });
    const [tom, phone] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const sent = [
      await say(tom, cid, { msg: '1', r: true }),
      await say(tom, cid, { msg: '2' }),
      await say(tom, cid, { msg: '3' }),
    ];
    await say(phone, cid, { msg: 'my own' });
    const modify = (index: number, change: object) =>
      tom.request({
        cmd: 'patch',
        op: 'modify',
        patchMessage: { patches: [{ cid, mid: sent[index]?.id ?? '', ...change }] },
      });
    await modify(0, { data: 'changed', mentionPids: ['Jerry'] });
    await modify(1, { recall: true });
    const jerry = await offline(server);
    expect(seen(jerry)).toEqual([
      ['changed', true, undefined],
      ['3', true, undefined],
    ]);
    const { directMessage } = await jerry.push('direct');
    expect(directMessage).toMatchObject({ cid, fromPeerId: 'Tom', r: true, mentionPids: ['Jerry'] });
    expect(directMessage.patchTimestamp).toBeGreaterThanOrEqual(directMessage.timestamp);
  });

  it('delivers the conversations with the latest activity, up to the limit, and marks those with more', async () => {
    const clock = settable();
    const server = await serve({ clock, limits: { unreadConversations: 2, offlineMessages: 1 } });
    const tom = await login(server, 'Tom');
    const cids = [await start(tom, ['Jerry']), await start(tom, ['Jerry']), await start(tom, ['Jerry'])];
    for (const [n, cid] of cids.entries()) {
      clock.set(2_000_000 + n);
      await say(tom, cid, { msg: String(n) });
    }
    clock.set(3_000_000);
    await say(tom, cids[0] ?? '', { msg: 'and again' });
    expect(seen(await offline(server))).toEqual([
      ['and again', true, true],
      ['2', true, undefined],
    ]);
  });

  it('delivers each message that arrives during the login exactly once', async () => {
    const store = memoryStore();
    const during: (() => Promise<unknown>)[] = [];
    const server = await serve({
      store: {
        ...store,
        offline: async (...query) => {
          await during[0]?.();
          const missed = await store.offline(...query);
          await during[1]?.();
          return missed;
        },
      },
    });
    const tom = await login(server, 'Tom');
    const [cid, other] = [await start(tom, ['Jerry']), await start(tom, ['Jerry'])];
    await say(tom, cid, { msg: '1' });
    during.push(
      () => say(tom, cid, { msg: '2' }),
      async () => {
        await say(tom, cid, { msg: '3' });
        await say(tom, other, { msg: 'elsewhere' });
      },
    );
    expect(seen(await offline(server))).toEqual([
      ['1', true, undefined],
      ['2', true, undefined],
      ['3', undefined, undefined],
      ['elsewhere', undefined, undefined],
    ]);
  });

  it('reports reads on other devices as counts, like any session', async () => {
    const server = await serve();
    const [tom, phone] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const jerry = await offline(server);
    await say(tom, cid, { msg: '1' });
    phone.send({ cmd: 'read', readMessage: { cid } });
    expect((await jerry.push('unread')).unreadMessage.convs).toMatchObject([{ cid, unread: 0 }]);
  });

  it('delivers a message again at each login until it, or a later one, is acknowledged', async () => {
    const server = await serve({ limits: { offlineMessages: 1 } });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    for (const msg of ['1', '2']) await say(tom, cid, { msg });
    for (let n = 0; n < 2; n += 1) expect(seen(await offline(server))).toEqual([['2', true, true]]);
    const jerry = await offline(server);
    const { timestamp } = (await jerry.push('direct')).directMessage;
    jerry.send({ cmd: 'ack', ackMessage: { cid, fromts: timestamp, tots: timestamp } });
    await jerry.settle();
    expect(seen(await offline(server))).toEqual([]);
  });

  it('delivers the recall of an earlier message, if the client says how far it knows changes', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const { id } = await say(tom, cid, { msg: '1' });
    await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid: id, recall: true }] } });
    const jerry = await dial(server.url, subprotocols.binaryOffline);
    await open(jerry, 'Jerry', { lastPatchTime: 0, configBitmap: 1 });
    expect((await jerry.push('patch')).patchMessage).toMatchObject({ patches: [{ mid: id, recall: true }] });
    expect(seen(jerry)).toEqual([]);
  });
});

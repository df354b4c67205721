/** The offline mode: a login brings the messages themselves. */
import { subprotocols } from 'rx-realtime/codecs';
import { describe, expect, it } from 'vitest';
import { dial, login, open, say, serve, start, type RawClient } from './raw-client.js';

describe('the offline mode', () => {
  const offline = async (server: Awaited<ReturnType<typeof serve>>, subprotocol = subprotocols.binaryOffline): Promise<RawClient> => {
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
    'brings the messages, oldest first, and no counts: $name',
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
      expect((await jerry.push('direct', ({ directMessage }) => directMessage.msg === '3')).directMessage.offline).toBeUndefined();
    },
  );

  it('brings the latest 20 of a conversation, and says where there are more', async () => {
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

  it('brings nothing again that was acknowledged or read on any device', async () => {
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
});

/** Messages at the level of the wire: stored, delivered, acknowledged, read, paged. */
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { memoryStore } from 'rx-realtime/server';
import { wrapped } from './faulty-store.js';
import { dial, login, open, page, say, serve, settable, start, refused } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

/** Two members of one conversation, each on a socket. */
const pair = async (options?: Parameters<typeof serve>[0]) => {
  const server = await serve(options);
  const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
  const cid = await start(tom, ['Jerry']);
  await jerry.push('conv', ({ op }) => op === 'members_joined');
  await jerry.push('conv', ({ op }) => op === 'joined');
  return { server, tom, jerry, cid };
};

describe('a message', () => {
  it('reaches every other session of every member, with its data; the sender gets its id and time', async () => {
    const { server, tom, jerry, cid } = await pair();
    const phone = await login(server, 'Tom');
    const sent = await say(tom, cid, { msg: 'hello', mentionPids: ['Jerry'], mentionAll: true, r: true });
    const pushed = {
      cmd: 'direct',
      service: 2,
      directMessage: {
        cid,
        id: sent.id,
        timestamp: sent.timestamp,
        fromPeerId: 'Tom',
        convType: 1,
        msg: 'hello',
        mentionPids: ['Jerry'],
        mentionAll: true,
        r: true,
      },
    };
    expect(await jerry.push('direct')).toEqual({ ...pushed, peerId: 'Jerry' });
    expect(await phone.push('direct')).toEqual({ ...pushed, peerId: 'Tom' });
    await tom.settle();
    expect(tom.inbox).toEqual([]);
  });

  it('in bytes arrives in bytes, and is base64 in history', async () => {
    const { tom, jerry, cid } = await pair();
    const binaryMsg = new Uint8Array([0, 255, 7]);
    await say(tom, cid, { binaryMsg });
    expect((await jerry.push('direct')).directMessage).toMatchObject({ binaryMsg });
    expect(await jerry.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject({
      logsMessage: { logs: [{ data: 'AP8H', bin: true }] },
    });
  });

  it('is stored once for each token of its sender, even if it is sent several times', async () => {
    const { tom, jerry, cid } = await pair();
    const first = await say(tom, cid, { msg: 'once', dt: 'token' });
    expect(await say(tom, cid, { msg: 'once', dt: 'token' })).toEqual(first);
    await say(jerry, cid, { msg: 'another', dt: 'token' });
    await jerry.settle();
    expect(jerry.inbox.filter(({ cmd }) => cmd === 'direct')).toHaveLength(1);
    expect(await page(tom, cid)).toEqual(['once', 'another']);
  });

  it('has a later time than the one before, even if the clock stops or goes back', async () => {
    const clock = settable();
    const { tom, cid } = await pair({ clock });
    const times = [await say(tom, cid, { msg: 'a' }), await say(tom, cid, { msg: 'b' })];
    clock.set(5);
    times.push(await say(tom, cid, { msg: 'c' }));
    expect(times.map(({ timestamp }) => timestamp)).toEqual([1_000_000, 1_000_001, 1_000_002]);
  });

  it('that is transient arrives, and is not stored', async () => {
    const { tom, jerry, cid } = await pair();
    await say(tom, cid, { msg: 'typing', transient: true });
    expect((await jerry.push('direct')).directMessage).toMatchObject({ msg: 'typing', transient: true });
    expect(await page(jerry, cid)).toEqual([]);
  });

  it('of 5,120 bytes is accepted, and one more is refused with 4109; push data counts', async () => {
    const { tom, cid } = await pair();
    await say(tom, cid, { msg: 'x'.repeat(5_120) });
    const long = (fields: object) => tom.request({ cmd: 'direct', directMessage: { cid, ...fields } });
    expect(await long({ msg: 'x'.repeat(5_121) })).toMatchObject(refused(4109));
    expect(await long({ msg: '水'.repeat(1_707) })).toMatchObject(refused(4109));
    expect(await long({ msg: 'x'.repeat(5_000), pushData: 'y'.repeat(200) })).toMatchObject(refused(4109));
    expect(await long({ binaryMsg: new Uint8Array(5_121) })).toMatchObject(refused(4109));
  });

  it('to a conversation that does not exist, or is not the sender’s, is refused with 4401', async () => {
    const { server, cid } = await pair();
    const spike = await login(server, 'Spike');
    for (const target of [cid, '0'.repeat(24), '__proto__', ''])
      expect(await spike.request({ cmd: 'direct', directMessage: { cid: target, msg: 'let me in' } })).toMatchObject(
        refused(4401),
      );
  });
});

describe('history', () => {
  it('is readable by members only', async () => {
    const { server, cid } = await pair();
    const spike = await login(server, 'Spike');
    expect(await spike.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject(error(4312));
  });

  it('returns the newest 20, oldest first, or as many as requested', async () => {
    const { tom, cid } = await pair();
    const words = Array.from({ length: 25 }, (_, n) => `word ${String(n)}`);
    for (const msg of words) await say(tom, cid, { msg });
    expect(await page(tom, cid)).toEqual(words.slice(5));
    expect(await page(tom, cid, { l: 3 })).toEqual(words.slice(22));
    expect(await page(tom, cid, { l: 1_000 })).toEqual(words);
  });

  it.each([{ l: 1_001 }, { l: -1 }, { mid: 'x' }, { tmid: 'x' }])('refuses %j with 4311', async (fields) => {
    const { tom, cid } = await pair();
    expect(await tom.request({ cmd: 'logs', logsMessage: { cid, ...fields } })).toMatchObject(error(4311));
  });

  it('pages from a message in both directions, inclusive or exclusive, up to another message', async () => {
    const { tom, cid } = await pair();
    const sent: { readonly id: string; readonly timestamp: number }[] = [];
    for (const msg of ['a', 'b', 'c', 'd', 'e']) sent.push(await say(tom, cid, { msg }));
    const at = (index: number) => ({ t: sent[index]?.timestamp ?? 0, mid: sent[index]?.id ?? '' });
    const to = (index: number) => ({ tt: sent[index]?.timestamp ?? 0, tmid: sent[index]?.id ?? '' });
    expect(await page(tom, cid, at(2))).toEqual(['a', 'b']);
    expect(await page(tom, cid, { ...at(2), tIncluded: true })).toEqual(['a', 'b', 'c']);
    expect(await page(tom, cid, { ...at(2), l: 1 })).toEqual(['b']);
    expect(await page(tom, cid, { ...at(1), direction: 2 })).toEqual(['c', 'd', 'e']);
    expect(await page(tom, cid, { ...at(1), direction: 2, l: 1 })).toEqual(['c']);
    expect(await page(tom, cid, { ...at(4), ...to(1) })).toEqual(['c', 'd']);
    expect(await page(tom, cid, { ...at(4), ...to(1), tIncluded: true, ttIncluded: true })).toEqual([
      'b',
      'c',
      'd',
      'e',
    ]);
    expect(await page(tom, cid, { ...at(0), ...to(3), direction: 2 })).toEqual(['b', 'c']);
  });

  it('can be limited to one message type', async () => {
    const { tom, cid } = await pair();
    for (const msg of ['{"_lctype":-1,"_lctext":"x"}', 'plain', '{"_lctype":7}']) await say(tom, cid, { msg });
    expect(await page(tom, cid, { lctype: 7 })).toEqual(['{"_lctype":7}']);
  });
});

describe('receipts', () => {
  it('come to the sender who requested them, when the other member has received and when it has read', async () => {
    const { tom, jerry, cid } = await pair();
    await say(tom, cid, { msg: 'no receipt' });
    const { id, timestamp } = await say(tom, cid, { msg: 'receipt', r: true });
    jerry.send({ cmd: 'ack', ackMessage: { cid, fromts: 0, tots: timestamp } });
    expect((await tom.push('rcp')).rcpMessage).toMatchObject({ cid, id, from: 'Jerry' });
    jerry.send({ cmd: 'read', readMessage: { convs: [{ cid, timestamp }] } });
    expect((await tom.push('rcp')).rcpMessage).toMatchObject({ cid, id, from: 'Jerry', read: true });
    await tom.settle();
    expect(tom.inbox).toEqual([]);
  });

  it("come once, and not for the receiver's own messages", async () => {
    const { server, tom, jerry, cid } = await pair();
    const phone = await login(server, 'Tom');
    const { id, timestamp } = await say(tom, cid, { msg: 'receipt', r: true });
    phone.send({ cmd: 'ack', ackMessage: { cid, mid: id } });
    await phone.settle();
    await tom.settle();
    expect(tom.inbox).toEqual([]);
    for (const ackMessage of [
      { cid, mid: id },
      { cid, mid: id },
      { cid, fromts: timestamp, tots: timestamp },
    ])
      jerry.send({ cmd: 'ack', ackMessage });
    await jerry.settle();
    await tom.settle();
    expect(tom.inbox.filter(({ cmd }) => cmd === 'rcp')).toHaveLength(1);
  });

  it('do not come in a conversation of three members', async () => {
    const server = await serve();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry', 'Spike']);
    const { timestamp } = await say(tom, cid, { msg: 'all', r: true });
    jerry.send({ cmd: 'ack', ackMessage: { cid, fromts: 0, tots: timestamp } });
    jerry.send({ cmd: 'read', readMessage: { convs: [{ cid, timestamp }] } });
    await jerry.settle();
    await tom.settle();
    expect(tom.inbox).toEqual([]);
  });
});

describe('unread counts', () => {
  it('come at login: the number, whether the client is mentioned, and the newest message', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { msg: 'one', mentionPids: ['Jerry'] });
    const last = await say(tom, cid, { msg: 'two' });
    const jerry = await dial(server.url);
    await open(jerry, 'Jerry');
    const { unreadMessage } = await jerry.push('unread');
    expect(unreadMessage.convs).toEqual([
      {
        cid,
        unread: 2,
        mentioned: true,
        mid: last.id,
        timestamp: last.timestamp,
        from: 'Tom',
        convType: 1,
        data: expect.anything() as unknown,
      },
    ]);
  });

  it('go down on all devices of the reader, also on the acting one: it may have counted what its mark includes', async () => {
    const { server, tom, jerry, cid } = await pair();
    const phone = await login(server, 'Jerry');
    const first = await say(tom, cid, { msg: 'one' });
    await say(tom, cid, { msg: 'two' });
    jerry.send({ cmd: 'read', readMessage: { convs: [{ cid, timestamp: first.timestamp }] } });
    expect((await phone.push('unread')).unreadMessage.convs).toMatchObject([{ cid, unread: 1 }]);
    expect((await jerry.push('unread')).unreadMessage.convs).toMatchObject([{ cid, unread: 1 }]);
    jerry.send({ cmd: 'read', readMessage: { cid } });
    expect((await phone.push('unread')).unreadMessage.convs).toMatchObject([{ cid, unread: 0 }]);
    expect((await jerry.push('unread')).unreadMessage.convs).toMatchObject([{ cid, unread: 0 }]);
    // Nothing changes.
    jerry.send({ cmd: 'read', readMessage: { cid } });
    await jerry.settle();
    expect([...jerry.inbox, ...phone.inbox].filter(({ cmd }) => cmd === 'unread')).toEqual([]);
  });

  it('stop at their limit', async () => {
    const server = await serve({ limits: { unreadMessages: 3 } });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    for (const msg of ['1', '2', '3', '4', '5']) await say(tom, cid, { msg });
    const jerry = await dial(server.url);
    await open(jerry, 'Jerry');
    expect((await jerry.push('unread')).unreadMessage.convs).toMatchObject([{ cid, unread: 3 }]);
  });

  it('come behind the messages that they count, also while these are being stored', async () => {
    const inner = memoryStore();
    const held: (() => void)[] = [];
    let isHolding = false;
    // The message is stored, and the answer of the store is late.
    const store = wrapped(inner, async (call, run) => {
      const result = await run();
      if (call === 'append' && isHolding) await new Promise<void>((resolve) => held.push(resolve));
      return result;
    });
    const { tom, jerry, cid } = await pair({ store });
    const first = await say(tom, cid, { msg: 'one' });
    await jerry.push('direct');
    isHolding = true;
    const second = say(tom, cid, { msg: 'two' });
    await vi.waitFor(() => expect(held).toHaveLength(1));
    jerry.send({ cmd: 'read', readMessage: { convs: [{ cid, timestamp: first.timestamp }] } });
    await vi.waitFor(async () => expect((await inner.unreadOf(cid, ['Jerry'])).get('Jerry')?.count).toBe(1));
    for (const release of held) release();
    await second;
    const { unreadMessage } = await jerry.push('unread');
    expect(unreadMessage.convs).toMatchObject([{ cid, unread: 1 }]);
    // It is there already.
    expect(jerry.inbox.map(({ cmd }) => cmd)).toContain('direct');
  });

  it('are not changed by a client that is not a member', async () => {
    const { server, tom, jerry, cid } = await pair();
    await say(tom, cid, { msg: 'one' });
    const spike = await login(server, 'Spike');
    expect(await spike.request({ cmd: 'read', readMessage: { cid } })).toMatchObject(error(4401));
    await jerry.settle();
    expect(jerry.inbox.filter(({ cmd }) => cmd === 'unread')).toEqual([]);
  });
});

describe('the store in memory', () => {
  it('orders, pages and counts like a plain list', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            from: fc.constantFrom('Tom', 'Jerry'),
            now: fc.integer({ min: 1, max: 20 }),
            token: fc.option(fc.constantFrom('a', 'b', 'c')),
          }),
          {
            maxLength: 30,
          },
        ),
        fc.record({
          at: fc.nat(40),
          limit: fc.integer({ min: 1, max: 10 }),
          included: fc.boolean(),
          direction: fc.constantFrom('old', 'new'),
        }),
        async (sends, { at, limit, included, direction }) => {
          const store = memoryStore({ clock: { now: () => 0 } });
          const { info } = await store.createConversation({
            kind: 'ordinary',
            creator: 'Tom',
            members: ['Tom', 'Jerry'],
            attributes: {},
            unique: false,
            now: 0,
          });
          const seen = new Map<string, string>();
          const list: { id: string; timestamp: number; from: string }[] = [];
          for (const { from, now, token } of sends) {
            const [result] = await store.append([
              {
                conversationId: info.id,
                from,
                now,
                receipt: false,
                mentions: [],
                mentionsAll: false,
                ...(token === null ? {} : { token }),
              },
            ]);
            if (result?._tag !== 'Appended' && result?._tag !== 'Repeated') throw new Error(result?._tag);
            const { message } = result;
            const key = `${from} ${String(token)}`;
            expect(result._tag === 'Repeated').toBe(token !== null && seen.has(key));
            if (result._tag === 'Repeated') expect(message.id).toBe(seen.get(key));
            else {
              expect(message.timestamp).toBe(Math.max(now, (list.at(-1)?.timestamp ?? -1) + 1));
              list.push(message);
              seen.set(key, message.id);
            }
          }
          const inside = list.filter(({ timestamp }) =>
            included && timestamp === at ? true : direction === 'old' ? timestamp < at : timestamp > at,
          );
          const expected = direction === 'old' ? inside.slice(-limit) : inside.slice(0, limit);
          const found = await store.history({
            conversationId: info.id,
            direction: direction === 'old' ? 'old' : 'new',
            limit,
            from: { timestamp: at, included },
          });
          expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
          const [mark = 0] = list.slice(Math.floor(list.length / 2)).map(({ timestamp }) => timestamp);
          const { summary } = await store.markRead(info.id, 'Jerry', { timestamp: mark }, 50);
          expect(summary.count).toBe(list.filter(({ from, timestamp }) => from !== 'Jerry' && timestamp > mark).length);
        },
      ),
      { numRuns: 200 },
    );
  });
});

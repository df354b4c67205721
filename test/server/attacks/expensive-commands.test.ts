/** Commands that would take long are refused or cut, and nobody waits for them. */
import { describe, expect, it } from 'vitest';
import { memoryStore } from 'rx-realtime/server';
import { start } from '../raw-client.js';
import { attr, codeOf, error, find, world, type Request } from './world.js';

describe('an expensive command', () => {
  const own = async (attributes: object) => {
    const there = await world();
    const cid = await start(there.spike, [], attr(JSON.stringify(attributes)));
    const update = (changed: object): Request => ({
      cmd: 'conv',
      op: 'update',
      convMessage: { cid, ...attr(JSON.stringify(changed)) },
    });
    return { ...there, cid, update };
  };

  it('a query with a thousand levels of any kind is refused with 4310', async () => {
    const { undisturbed, spike, faults } = await world();
    const nested = (levels: number, before: string, after: string): string =>
      `${before.repeat(levels)}{}${after.repeat(levels)}`;
    await undisturbed(async () => {
      for (const where of [
        nested(1_000, '{"$and":[', ']}'),
        nested(1_000, '{"$or":[', ']}'),
        `{"a":${nested(1_000, '[', ']')}}`,
        `{"a":${nested(1_000, '{"b":', '}')}}`,
        `{"a":{"$in":${nested(1_000, '[', ']')}}}`,
        `{"a":{"$ne":${nested(30_000, '[', ']')}}}`,
        '['.repeat(60_000),
      ])
        expect(codeOf(await spike.request(find(where)))).toBe(4310);
    });
    expect(faults).toEqual([]);
  });

  it('an update of thousands of attributes inside one is refused quickly', async () => {
    const { undisturbed, spike, update } = await own({});
    const many = Object.fromEntries(Array.from({ length: 4_000 }, (_, n) => [`a.${n.toString(36)}`, 1]));
    expect(await undisturbed(() => spike.request(update(many)))).toMatchObject(error(4306));
  });

  it('attributes with thousands of levels are refused with 4114', async () => {
    const { undisturbed, spike, cid, faults } = await own({});
    await undisturbed(async () => {
      const data = `{"a":${'['.repeat(7_000)}${']'.repeat(7_000)}}`;
      expect(await spike.request({ cmd: 'conv', op: 'start', convMessage: attr(data) })).toMatchObject(error(4114));
      expect(await spike.request({ cmd: 'conv', op: 'update', convMessage: { cid, ...attr(data) } })).toMatchObject(
        error(4114),
      );
    });
    expect(faults).toEqual([]);
  });

  it('a key with dots cannot nest attributes deeper than the limit', async () => {
    const { undisturbed, spike, update, faults } = await own({});
    await undisturbed(async () => {
      expect(await spike.request(update({ [Array.from({ length: 50 }, () => 'a').join('.')]: 1 }))).toMatchObject({
        op: 'updated',
      });
      expect((await spike.request(update({ [Array.from({ length: 1_000 }, () => 'b').join('.')]: 1 }))).cmd).toBe(
        'error',
      );
    });
    expect(faults).toEqual([]);
  });

  it('an update of a key with 15,000 dots is refused quickly', async () => {
    const { undisturbed, spike, update, faults } = await own({});
    expect(codeOf(await undisturbed(() => spike.request(update({ ['.'.repeat(15_000)]: 1 }))))).not.toBe(4200);
    expect(faults).toEqual([]);
  });

  it('a catastrophic regular expression is answered quickly, or refused at once if it is too long', async () => {
    const { undisturbed, spike, faults } = await own({
      x: 'a'.repeat(10_000),
      list: Array.from({ length: 200 }, () => 'a'),
    });
    await undisturbed(async () => {
      for (const $regex of ['(a+)+$b', '(a+)+[x-z]$', '(a|aa)+[x-z]', '(.*a){12}[x-z]', '([a-z]+)*[^a]$', '(a*)*[x-z]'])
        expect(
          await spike.request(find(JSON.stringify({ $or: [{ x: { $regex } }, { list: { $regex } }] }))),
        ).toMatchObject({
          convMessage: { results: { data: '[]' } },
        });
      for (const $regex of ['(a?){20}a{20}[x-z]', '(?=a)', '(a)\\1', '((a{1,100}){1,100}){1,100}', 'a{1001}'])
        expect(await spike.request(find(JSON.stringify({ x: { $regex } })))).toMatchObject(error(4310));
    });
    expect(faults).toEqual([]);
  });

  it('a query over many conversations with long texts is refused with 4310 before it has read all', async () => {
    const store = memoryStore();
    const x = Array.from({ length: 16_000 }, (_, n) => 'ab'[Math.imul(n, 2_654_435_761) >>> 31]).join('');
    for (let n = 0; n < 200; n += 1)
      await store.createConversation({
        kind: 'room',
        members: [],
        attributes: { x, n },
        unique: false,
        now: Date.now(),
      });
    const { undisturbed, spike, faults } = await world({ store });
    const $regex = 'a[ab]{900}[x-z]';
    await undisturbed(async () => {
      for (const where of [
        { tr: true, x: { $regex } },
        { $or: [{ x: { $regex } }, { x: 1 }] },
        { x: { $regex: 'a[ab]{3}[x-z]' } },
      ])
        expect(await spike.request(find(JSON.stringify(where)))).toMatchObject(error(4310));
      // The expression runs only on conversations that match the other conditions, in every order of the conditions.
      const few = { x: { $regex: 'a[ab]{30}[x-z]' }, n: { $in: [7] }, tr: true };
      expect(await spike.request(find(JSON.stringify(few)))).toMatchObject({ op: 'results' });
    });
    expect(faults).toEqual([]);
  });

  it('a query that compares many nested values is refused with 4310', async () => {
    const store = memoryStore();
    const nested = (last: number) => ({ a: [1, 2, 3, last] });
    const list = Array.from({ length: 900 }, () => nested(0));
    for (let n = 0; n < 20; n += 1)
      await store.createConversation({
        kind: 'room',
        members: [],
        attributes: { list },
        unique: false,
        now: Date.now(),
      });
    const { undisturbed, spike } = await world({ store });
    const $in = Array.from({ length: 1_000 }, (_, n) => nested(n + 1));
    await undisturbed(async () => {
      for (const condition of [{ $in }, { $nin: $in }, { $all: [nested(0), ...$in] }])
        expect(['conv', 4310]).toContain(codeOf(await spike.request(find(JSON.stringify({ list: condition })))));
      expect(await spike.request(find(JSON.stringify({ list: { $in } })))).toMatchObject(error(4310));
    });
  });

  it('many regular expressions in one query are answered quickly, or refused with 4310', async () => {
    let seed = 7;
    const random = (): string => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return (seed >> 16) % 2 === 0 ? 'a' : 'b';
    };
    const { undisturbed, spike, faults } = await own({ x: Array.from({ length: 16_000 }, random).join('') });
    // As an automaton, each would have 2^300 states. Step by step, each costs 300 at each of 16,000 characters.
    const $or = Array.from({ length: 12 }, (_, n) => ({ x: { $regex: `a[ab]{${300 + n}}[x-z]` } }));
    expect([4310, 'conv']).toContain(codeOf(await undisturbed(() => spike.request(find(JSON.stringify({ $or }))))));
    expect(faults).toEqual([]);
  });

  it('many messages of users in a system conversation do not slow down reads of it', async () => {
    const store = memoryStore();
    const wanted = { kind: 'system', members: ['Spike'], attributes: {}, unique: false, now: Date.now() } as const;
    const [{ info: quiet }, { info: flooded }] = [
      await store.createConversation(wanted),
      await store.createConversation(wanted),
    ];
    const message = {
      conversationId: flooded.id,
      from: 'Spike',
      to: [],
      msg: 'x',
      receipt: false,
      mentions: [],
      mentionsAll: false,
      now: Date.now(),
    };
    for (let n = 0; n < 20_000; n += 1) await store.append([message]);
    const timeOf = async (id: string): Promise<number> => {
      const before = performance.now();
      for (let n = 0; n < 500; n += 1) await store.conversations([id]);
      return performance.now() - before;
    };
    await timeOf(quiet.id);
    // Other processes can make a round slower, never faster.
    await expect.poll(async () => (await timeOf(flooded.id)) - 10 * (await timeOf(quiet.id))).toBeLessThan(50);
  });

  it('thousands of members, or of clients to block, are answered quickly', async () => {
    const { undisturbed, spike, cid, faults } = await own({});
    const m = Array.from({ length: 9_000 }, (_, n) => n.toString(36));
    await undisturbed(async () => {
      expect(await spike.request({ cmd: 'conv', op: 'start', convMessage: { m } })).toMatchObject(error(4304));
      expect(await spike.request({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m } })).toMatchObject({
        op: 'shutup_added',
      });
      expect(
        await spike.request({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: m } }),
      ).toMatchObject({
        op: 'blocked',
      });
      expect(await spike.request({ cmd: 'conv', op: 'add', convMessage: { cid, m } })).toMatchObject({ op: 'added' });
      expect(await spike.request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: m } })).toMatchObject(
        { cmd: 'error' },
      );
    });
    expect(faults).toEqual([]);
  });
});

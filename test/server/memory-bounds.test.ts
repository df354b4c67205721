/** What the store in memory keeps, and how much it looks at. */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { memoryStore } from 'rx-realtime/server';
import { createMemory, type Memory } from '../../server/domain/memory/memory.js';
import type { MemoryLimits } from '../../server/domain/memory/memory-options.js';
import { conversationLog } from '../../server/domain/memory/conversation-log.js';
import { parseWhere } from '../../server/domain/query/where.js';
import { compileRe2 } from '../../server/re2.js';
import type { ConversationDraft, ConversationSearch, NewMessage } from '../../server/domain/records.js';

const DAY = 86_400_000;

const memoryAt = (limits: MemoryLimits = {}) => {
  const time = { now: 1_000_000 };
  let ids = 0;
  const memory = createMemory({
    ...limits,
    now: () => time.now,
    newConversationId: () => `c${(ids += 1)}`,
    newMessageId: () => `m${(ids += 1)}`,
  });
  return { memory, time };
};

const draft = (fields: Partial<ConversationDraft>): ConversationDraft => ({
  kind: 'ordinary',
  members: [],
  attributes: {},
  unique: false,
  now: 0,
  ...fields,
});
const make = (memory: Memory, fields: Partial<ConversationDraft> = {}): string =>
  memory.createConversation(draft(fields)).info.id;
const search = (where: object, clientId?: string): ConversationSearch => ({
  where: parseWhere(JSON.stringify(where), compileRe2),
  skip: 0,
  limit: 1_000,
  seen: (info) => info,
  ...(clientId === undefined ? {} : { viewer: { clientId, seesOrdinary: false } }),
});
const found = (memory: Memory, where: object, clientId?: string): readonly string[] =>
  memory.find(search(where, clientId)).map(({ id }) => id);

const message = (fields: Partial<NewMessage> = {}): NewMessage => ({
  conversationId: 'c',
  from: 'Tom',
  receipt: false,
  mentions: [],
  mentionsAll: false,
  now: 0,
  msg: 'x',
  ...fields,
});

describe('conversations of one client', () => {
  const atMost = { created: 2, memberships: 3 };

  it('are created up to a number, and a deleted or ended one makes room again', () => {
    const { memory, time } = memoryAt();
    const create = (fields: Partial<ConversationDraft> = {}) => make(memory, { creator: 'Tom', atMost, ...fields });
    const first = create({ members: ['Tom'] });
    create({ kind: 'temporary', ttl: 10, now: time.now });
    expect(() => create({ kind: 'room' })).toThrow(expect.objectContaining({ code: 4318 }) as Error);
    make(memory, { creator: 'Jerry', atMost });
    memory.deleteConversation(first);
    create();
    time.now += 11_000;
    memory.sweep(100);
    create();
    expect(() => create()).toThrow(expect.objectContaining({ code: 4318 }) as Error);
  });

  it('have it as a member up to a number; the back end has no bound', () => {
    const { memory } = memoryAt();
    for (let n = 0; n < 3; n += 1) make(memory, { members: ['Jerry'] });
    expect(() => make(memory, { members: ['Jerry'], atMost })).toThrow(
      expect.objectContaining({ code: 4304 }) as Error,
    );
    const id = make(memory, { members: ['Tom'] });
    expect(memory.addMembers(id, ['Jerry', 'Spike'], 500, 3)).toEqual({
      added: ['Spike'],
      present: [],
      full: ['Jerry'],
      blocked: [],
    });
    expect(memory.addMembers(id, ['Jerry'], 500)).toMatchObject({ added: ['Jerry'] });
  });
});

describe('a query', () => {
  it('of a client is not hindered by the conversations of others, however many there are', () => {
    const { memory } = memoryAt({ querySteps: 1_000 });
    for (let n = 0; n < 500; n += 1) make(memory, { members: ['Spike'] });
    const room = make(memory, { kind: 'room' });
    const own = make(memory, { members: ['Tom'] });
    expect(found(memory, {}, 'Tom')).toEqual([own, room]);
    expect(found(memory, { tr: true }, 'Tom')).toEqual([room]);
    expect(found(memory, { m: 'Tom' }, 'Tom')).toEqual([own]);
    // The back end can see them all, so they are all looked at.
    expect(() => found(memory, {})).toThrow(expect.objectContaining({ code: 4310 }) as Error);
  });

  it('of chat rooms is cut where there are too many, and not refused: the newest ones are looked at', () => {
    const { memory } = memoryAt({ queriedConversations: 3 });
    const rooms = Array.from({ length: 5 }, () => make(memory, { kind: 'room' }));
    const own = make(memory, { members: ['Tom'] });
    expect(found(memory, { tr: true }, 'Tom')).toEqual(rooms.slice(2));
    expect(found(memory, {}, 'Tom')).toEqual([own, ...rooms.slice(2)]);
  });

  it('by a member does not search the lists of members, and finds the same', () => {
    const { memory } = memoryAt({ querySteps: 100 * 21 });
    const crowd = Array.from({ length: 400 }, (_, n) => `c${n}`);
    const all = Array.from({ length: 100 }, () => make(memory, { members: [...crowd, 'Tom'] }));
    expect(found(memory, { m: 'Tom' })).toEqual(all);
    expect(found(memory, { m: { $all: ['Tom'] } })).toEqual(all);
  });
});

describe('what has ended', () => {
  it('is deleted by a sweep in slices, with its unique key, its memberships and its place among those created', () => {
    const { memory, time } = memoryAt({ conversationDays: 1 });
    const unique = (): string => make(memory, { members: ['Tom', 'Jerry'], unique: true, now: time.now });
    const before = unique();
    for (let n = 0; n < 9; n += 1) make(memory, { kind: 'temporary', ttl: 1, members: ['Tom'], now: time.now });
    time.now += 2 * DAY;
    expect(memory.sweep(5)).toBe(true);
    expect(memory.sweep(5)).toBe(false);
    expect(memory.unread('Tom', 0, 10)).toEqual([]);
    expect(unique()).not.toBe(before);
  });

  it('is swept for as long as something is kept: from the first conversation or session to the end of the store', async () => {
    const sweeps: (() => boolean)[] = [];
    let stopped = 0;
    const clock = { time: 0, now: () => clock.time };
    const store = memoryStore({
      clock,
      whileSwept: (sweep) => {
        sweeps.push(sweep);
        return () => {
          stopped += 1;
        };
      },
    });
    expect(sweeps).toEqual([]);
    const { info } = await store.createConversation(draft({ kind: 'temporary', ttl: 1 }));
    await store.createConversation(draft({ kind: 'temporary', ttl: 1 }));
    expect(sweeps).toHaveLength(1);
    expect(sweeps[0]?.()).toBe(true);
    clock.time = 1_001;
    expect(sweeps[0]?.()).toBe(false);
    expect(await store.conversations([info.id])).toEqual([]);
    await store.createConversation(draft({ now: 1_001 }));
    expect(sweeps).toHaveLength(2);
    await store.close();
    expect(stopped).toBe(1);
  });
});

describe('who has left', () => {
  it('is no longer among those that have muted the conversation', () => {
    const { memory } = memoryAt();
    const id = make(memory, { members: ['Tom', 'Jerry', 'Spike'] });
    for (const client of ['Jerry', 'Spike']) memory.setMuted(id, client, true);
    memory.removeMembers(id, ['Jerry']);
    memory.addMembers(id, ['Jerry'], 500);
    expect(memory.conversations([id])).toMatchObject([{ members: ['Tom', 'Spike', 'Jerry'], mutedMembers: ['Spike'] }]);
  });

  it('has marks for some time only: those of the members, and of a thousand others', () => {
    const { memory } = memoryAt();
    const id = make(memory, { members: ['Tom'] });
    memory.append(message({ conversationId: id }));
    for (let n = 0; n < 3_000; n += 1) {
      memory.addMembers(id, [`c${n}`], 500);
      memory.markRead(id, `c${n}`, 'end', 1);
      memory.removeMembers(id, [`c${n}`]);
    }
    memory.markRead(id, 'Jerry', 'end', 1);
    expect(memory.receipts(id).length).toBeLessThanOrEqual(1_002);
  });
});

describe('a client that can come back', () => {
  const opening = (token: string) => ({
    session: { token, holder: token, clientId: 'Tom', deviceId: '', expiresAt: 100 },
    resumes: false,
  });

  it('has some tokens: with one more, the one that was used longest ago goes', () => {
    const { sessions } = memoryAt({ tokens: 2 }).memory;
    for (const token of ['a', 'b']) sessions.open(opening(token), 0);
    sessions.renew(opening('a').session);
    sessions.open(opening('c'), 0);
    expect(['a', 'b', 'c'].map((token) => sessions.get(token)?.token)).toEqual(['a', undefined, 'c']);
  });

  it('has the latest notices, up to a number and up to a length', () => {
    const { sessions } = memoryAt({ notices: 10, noticeBytes: 2_000 }).memory;
    sessions.open(opening('a'), 0);
    const keep = (at: number, id: string): void => {
      sessions.keepNotice(['Tom'], { at, command: { cmd: 'conv', op: 'joined', convMessage: { cid: id } } });
    };
    for (let at = 1; at <= 30; at += 1) keep(at, 'c');
    expect(sessions.notices('Tom', 0, 100).map(({ at }) => at)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
    for (let at = 31; at <= 33; at += 1) keep(at, 'x'.repeat(800));
    expect(sessions.notices('Tom', 0, 100).map(({ at }) => at)).toEqual([32, 33]);
    keep(34, 'x'.repeat(3_000));
    expect(sessions.notices('Tom', 0, 100)).toEqual([]);
  });
});

describe('the log of a conversation', () => {
  it('after deletions finds messages by id, token, type and time as before', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.record({ _tag: fc.constant('Send' as const), type: fc.constantFrom(1, 2, undefined) }),
            fc.record({ _tag: fc.constant('Edit' as const), back: fc.nat(20), type: fc.constantFrom(1, 2, undefined) }),
            fc.record({ _tag: fc.constant('Recall' as const), back: fc.nat(20) }),
            fc.constant({ _tag: 'Trim' as const }),
          ),
          { maxLength: 60 },
        ),
        (steps) => {
          const log = conversationLog('c', 100);
          let now = 0;
          for (const step of steps) {
            now += 1;
            const all = log.history({ conversationId: 'c', direction: 'new', limit: 1_000 }, 0);
            if (step._tag === 'Send') {
              const { type } = step;
              log.append(message({ now, token: `t${now}`, ...(type === undefined ? {} : { type }) }), () => `m${now}`);
            } else if (step._tag === 'Trim') log.trim(0, Math.floor(all.length / 2));
            else {
              const { id = '' } = all.at(-1 - step.back) ?? {};
              const type = step._tag === 'Edit' ? step.type : undefined;
              log.modify(
                {
                  conversationId: 'c',
                  messageId: id,
                  recall: step._tag === 'Recall',
                  mentions: [],
                  mentionsAll: false,
                  msg: 'y',
                  now,
                  ...(type === undefined ? {} : { type }),
                },
                [],
              );
            }
          }
          const all = log.history({ conversationId: 'c', direction: 'new', limit: 1_000 }, 0);
          for (const type of [1, 2, -127])
            for (const direction of ['old', 'new'] as const) {
              expect(log.history({ conversationId: 'c', direction, limit: 1_000, type }, 0)).toEqual(
                all.filter((one) => one.type === type),
              );
              const middle = all[Math.floor(all.length / 2)];
              if (middle === undefined) continue;
              const from = { timestamp: middle.timestamp, id: middle.id, included: true };
              const side = all.filter(({ timestamp }) =>
                direction === 'old' ? timestamp <= middle.timestamp : timestamp >= middle.timestamp,
              );
              expect(log.history({ conversationId: 'c', direction, limit: 1_000, type, from }, 0)).toEqual(
                side.filter((one) => one.type === type),
              );
            }
          for (const one of all)
            expect(log.append(message({ now, token: one.id.replace('m', 't') }), () => 'new')).toMatchObject({
              repeated: true,
              message: { id: one.id },
            });
          for (const since of [0, now - 3, now]) {
            const changed = all.filter(({ editedAt = -Infinity }) => editedAt >= since);
            expect(log.modifiedSince('Jerry', since, 1_000).map(({ id }) => id)).toEqual(
              changed.toSorted((a, b) => (a.editedAt ?? 0) - (b.editedAt ?? 0)).map(({ id }) => id),
            );
          }
        },
      ),
    );
  });

  it('marks the same messages as delivered, in whatever stretches they are acknowledged', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 20 }), (stretches) => {
        const log = conversationLog('c', 100);
        for (let now = 1; now <= 20; now += 1) log.append(message({ now, receipt: true }), () => `m${now}`);
        const told = stretches.flatMap(([from, to]) => log.acknowledge('Jerry', { from, to }, 100));
        const expected = Array.from({ length: 20 }, (_, index) => index + 1).filter((at) =>
          stretches.some(([from, to]) => from <= at && at <= to),
        );
        expect(told.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b)).toEqual(expected);
        expect(log.acknowledge('Jerry', { from: 0, to: 20 }, 100)).toHaveLength(20 - expected.length);
        expect(log.acknowledge('Jerry', { from: 0, to: 20 }, 100)).toEqual([]);
      }),
    );
  });

  it('causes a thousand receipts at once, at most', () => {
    const log = conversationLog('c', 100);
    for (let now = 1; now <= 3_000; now += 1) log.append(message({ now, receipt: true }), () => `m${now}`);
    expect(log.acknowledge('Jerry', { from: 0, to: 3_000 }, 1)).toHaveLength(1_000);
  });
});

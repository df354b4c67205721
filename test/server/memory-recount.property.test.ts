/** What a login learns from the store in memory is what a recount of everything would give. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMemory, type Memory } from '../../server/domain/memory/memory.js';
import { concerns, isFor } from '../../server/domain/messages/history.js';
import type { ReadUpTo, StoredMessage } from '../../server/domain/records.js';

const DAY = 86_400_000;
const CLIENTS = ['a', 'b', 'c'];
const UNREAD_LIMIT = 3;

/** Conversations and messages are named by numbers: the n-th that was made. */
const place = fc.nat(4);
const client = fc.constantFrom(...CLIENTS);
const some = fc.uniqueArray(client, { maxLength: 2 });
const newest = fc.nat(5);

const step = fc.oneof(
  fc.record({
    what: fc.constant('create' as const),
    kind: fc.constantFrom('ordinary' as const, 'temporary' as const, 'system' as const),
    some,
  }),
  fc.record({ what: fc.constant('add' as const), place, client }),
  fc.record({ what: fc.constant('remove' as const), place, client }),
  fc.record({ what: fc.constant('block' as const), place, client, listed: fc.boolean() }),
  fc.record({ what: fc.constant('mute' as const), place, client, listed: fc.boolean() }),
  ...Array.from({ length: 3 }, () =>
    fc.record({
      what: fc.constant('say' as const),
      place,
      client,
      to: fc.option(some, { nil: undefined, freq: 3 }),
      type: fc.constantFrom(undefined, undefined, -1, -102),
      mentions: some,
      isBackEnd: fc.boolean(),
      // With the time of the message before.
      isTied: fc.boolean(),
    }),
  ),
  ...Array.from({ length: 2 }, () =>
    fc.record({ what: fc.constant('edit' as const), place, newest, recall: fc.boolean(), mentions: some }),
  ),
  fc.record({
    what: fc.constant('read' as const),
    place,
    client,
    newest,
    upTo: fc.constantFrom('id' as const, 'timestamp' as const, 'end' as const),
  }),
  fc.record({ what: fc.constant('acknowledge' as const), place, client, newest, isById: fc.boolean() }),
  fc.record({ what: fc.constant('delete' as const), place }),
  fc.record({ what: fc.constant('pass' as const), ms: fc.constantFrom(1, 1, 1_000, 60_000, 2 * DAY) }),
  ...Array.from({ length: 3 }, () =>
    fc.record({
      what: fc.constant('ask' as const),
      client,
      since: fc.option(fc.nat(5)),
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  ),
);

/** What is known of one client in one conversation. */
interface Marks {
  read: number;
  received: number;
  readAt: number | undefined;
}

class Recount {
  now = 1_000_000;
  readonly memory: Memory;
  readonly ids: string[] = [];
  private readonly marks = new Map<string, Marks>();
  private readonly recalledAt = new Map<string, number>();

  constructor() {
    let made = 0;
    this.memory = createMemory({
      unreadLimit: UNREAD_LIMIT,
      historyDays: 1,
      historyMessages: 4,
      conversationDays: 3,
      now: () => this.now,
      newConversationId: () => `c${(made += 1)}`,
      newMessageId: () => `m${String((made += 1)).padStart(5, '0')}`,
    });
  }

  at(place: number): string {
    return this.ids[this.ids.length - 1 - (place % Math.max(1, this.ids.length))] ?? 'none';
  }

  private marksOf(id: string, client: string): Marks {
    const key = `${id} ${client}`;
    const marks = this.marks.get(key) ?? { read: -Infinity, received: -Infinity, readAt: undefined };
    this.marks.set(key, marks);
    return marks;
  }

  all(id: string): readonly StoredMessage[] {
    return this.memory.history({ conversationId: id, direction: 'old', limit: 1_000 });
  }

  message(id: string, newest: number): StoredMessage | undefined {
    const all = this.all(id);
    return all[all.length - 1 - newest];
  }

  read(id: string, client: string, upTo: ReadUpTo): void {
    const marks = this.marksOf(id, client);
    const last = this.all(id).findLast(
      (message) => upTo === 'end' || ('id' in upTo ? message.id === upTo.id : message.timestamp <= upTo.timestamp),
    );
    const isMoved = last !== undefined && last.timestamp > marks.read;
    if (isMoved) [marks.read, marks.readAt] = [last.timestamp, this.now];
    expect(this.memory.markRead(id, client, upTo, this.now).moved).toBe(isMoved);
  }

  acknowledge(id: string, client: string, message: StoredMessage, isById: boolean): void {
    const marks = this.marksOf(id, client);
    marks.received = Math.max(marks.received, message.timestamp);
    const { timestamp } = message;
    this.memory.acknowledge(id, client, isById ? { id: message.id } : { from: timestamp, to: timestamp }, this.now);
  }

  edit(id: string, message: StoredMessage, recall: boolean, mentions: readonly string[]): void {
    const edit = { conversationId: id, messageId: message.id, recall, mentions, mentionsAll: false, now: this.now };
    const { _tag } = this.memory.modify({ ...edit, msg: 'changed' });
    if (_tag === 'Modified' && recall) this.recalledAt.set(id, this.now);
  }

  /** The conversations of a client, with all messages that it may see. */
  private own(client: string) {
    return this.ids.flatMap((id) => {
      const [info] = this.memory.conversations([id]);
      if (info?.members?.includes(client) !== true) return [];
      const all = this.all(id);
      return [{ id, all, seen: all.filter((message) => isFor(message, client)), marks: this.marksOf(id, client) }];
    });
  }

  /** Asks for everything that a login asks for. */
  check(client: string, since: number | undefined, limit: number): void {
    const own = this.own(client);
    const newestOf = (id: string): number => own.find((one) => one.id === id)?.all.at(-1)?.timestamp ?? -Infinity;
    const kindOf = (id: string) => this.memory.conversations([id])[0]?.kind;
    const times = (ids: readonly string[]): readonly number[] => ids.map(newestOf).toSorted((a, b) => b - a);

    const unread = own.flatMap(({ id, all, seen, marks }) => {
      const news = seen.filter((one) => concerns(one, client) && one.timestamp > marks.read).slice(-UNREAD_LIMIT);
      const lessAt = Math.max(this.recalledAt.get(id) ?? -Infinity, marks.readAt ?? -Infinity);
      if (all.length === 0 || (news.length === 0 && !(since !== undefined && lessAt >= since))) return [];
      const mentioned = news.some(({ mentions }) => mentions.includes(client));
      const last = seen.at(-1);
      return [
        {
          conversationId: id,
          kind: kindOf(id),
          count: news.length,
          mentioned,
          ...(last === undefined ? {} : { last }),
        },
      ];
    });
    const given = this.memory.unread(client, since, limit);
    // Which of those with one time come is not said.
    const idsOf = (summaries: readonly { readonly conversationId: string }[]) =>
      summaries.map(({ conversationId }) => conversationId);
    expect(times(idsOf(given))).toEqual(times(idsOf(unread)).slice(0, limit));
    expect(new Set(idsOf(given)).size).toBe(given.length);
    for (const one of given) expect(unread).toContainEqual(one);

    const missed = own.flatMap(({ id, seen, marks }) => {
      const gotUpTo = Math.max(marks.read, marks.received);
      const messages = seen.filter((one) => concerns(one, client) && one.timestamp > gotUpTo);
      const offline = {
        conversationId: id,
        kind: kindOf(id),
        messages: messages.slice(-2),
        hasMore: messages.length > 2,
      };
      return messages.length === 0 ? [] : [offline];
    });
    const offline = this.memory.offline(client, limit, 2);
    expect(idsOf(offline).map(newestOf)).toEqual(times(idsOf(missed)).slice(0, limit));
    for (const one of offline) expect(missed).toContainEqual(one);

    const from = since ?? -Infinity;
    const changed = own.flatMap(({ seen }) =>
      seen.filter(({ editedAt }) => editedAt !== undefined && editedAt >= from),
    );
    const order = (messages: readonly StoredMessage[]) =>
      messages.map(({ editedAt = 0 }) => editedAt).toSorted((a, b) => a - b);
    const edits = this.memory.modifiedSince(client, from, 1_000);
    expect(edits.map(({ editedAt }) => editedAt)).toEqual(order(changed));
    expect(new Set(edits)).toEqual(new Set(changed));
  }
}

it('is unread, missed and changed what a recount finds, the newest conversation first', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const recount = new Recount();
      const { memory } = recount;
      for (const one of [{ what: 'create' as const, kind: 'ordinary' as const, some: CLIENTS }, ...steps]) {
        const id = 'place' in one ? recount.at(one.place) : 'none';
        switch (one.what) {
          case 'create':
            recount.ids.push(
              memory.createConversation({
                kind: one.kind,
                members: one.some,
                attributes: {},
                unique: false,
                ...(one.kind === 'temporary' ? { ttl: 30 } : {}),
                now: recount.now,
              }).info.id,
            );
            break;
          case 'add':
            memory.addMembers(id, [one.client], 10);
            break;
          case 'remove':
            memory.removeMembers(id, [one.client]);
            break;
          case 'block':
            memory.setListed(id, 'blocked', [one.client], one.listed, 10);
            break;
          case 'mute':
            memory.setMuted(id, one.client, one.listed);
            break;
          case 'say': {
            const { to, type } = one;
            const message = {
              conversationId: id,
              from: one.client,
              receipt: false,
              mentions: one.mentions,
              mentionsAll: false,
              msg: 'x',
              now: recount.now,
              ...(to === undefined ? {} : { to }),
              ...(type === undefined ? {} : { type }),
            };
            const last = recount.all(id).at(-1);
            if (one.isTied && last !== undefined) memory.append(message, undefined, last.timestamp);
            else memory.say(one.isBackEnd ? message : { ...message, speaker: one.client });
            break;
          }
          case 'edit': {
            const message = recount.message(id, one.newest);
            if (message !== undefined) recount.edit(id, message, one.recall, one.mentions);
            break;
          }
          case 'read': {
            const message = recount.message(id, one.newest);
            if (message === undefined) break;
            const { timestamp } = message;
            recount.read(
              id,
              one.client,
              one.upTo === 'end' ? 'end' : one.upTo === 'id' ? { id: message.id } : { timestamp },
            );
            break;
          }
          case 'acknowledge': {
            const message = recount.message(id, one.newest);
            if (message !== undefined) recount.acknowledge(id, one.client, message, one.isById);
            break;
          }
          case 'delete':
            memory.deleteConversation(id);
            break;
          case 'pass':
            recount.now += one.ms;
            memory.sweep(2);
            break;
          case 'ask':
            recount.check(one.client, one.since === null ? undefined : recount.now - one.since, one.limit);
        }
      }
      for (const client of CLIENTS) {
        recount.check(client, undefined, 10);
        recount.check(client, recount.now - 1_000, 10);
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 150) },
  );
});

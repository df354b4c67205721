/** One conversation's messages and marks, in memory. */
import { defined } from '../../../codecs/defined.js';
import { isSignalType } from '../../../codecs/index.js';
import { applyEdit } from '../messages/edits.js';
import { betweenOf, firstAfter, isFor, pageOf, type IndexesBetween } from '../messages/history.js';
import { firstThat } from '../first-that.js';
import { markedUpTo, receiptsOf, type Mark } from '../messages/marks.js';
import { missedOf, unreadOf } from '../messages/unread.js';
import { firstChange, type Change } from './changes.js';
import { messagesByReader, shorten } from './messages-by-reader.js';
import { movedEnd, movedPosition, movePositions, withPosition, withoutPosition, type Move } from './positions.js';
import type { ConversationLog } from './log-calls.js';
import type { ReadUpTo, StoredMessage } from '../records.js';

export type { ConversationLog } from './log-calls.js';

const byPosition = (a: StoredMessage, b: StoredMessage): number => a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1);

/** Whether everybody may see a message. */
const isPublic = ({ to, type }: StoredMessage): boolean => to === undefined && !isSignalType(type);

const tokenKey = (from: string, token: string): string => `${from.length} ${from}${token}`;

const TRIM_AT_LEAST = 1_024;
/** Messages that one acknowledgement or read mark changes, at most: the newest of its stretch. */
const MARKED_AT_ONCE = 10_000;
/** Marks of clients that have left, in addition to those of the members. */
const MARKS_OF_OTHERS = 1_000;
/** Receipts that one acknowledgement causes, at most: those of the newest messages. */
const RECEIPTS_AT_ONCE = 1_000;

export const conversationLog = (conversationId: string, unreadLimit: number): ConversationLog => {
  const messages: StoredMessage[] = [];
  /** The key of each message in `byToken`, if it has one. */
  const tokens: (string | undefined)[] = [];
  /**
   * The position of the first message. A message keeps its position when earlier ones are deleted, so that nothing is
   * counted anew.
   */
  let base = 0;
  /** Positions by sender and token. */
  const byToken = new Map<string, number>();
  /** Positions by message id. */
  const byId = new Map<string, number>();
  /** Positions by the type of the message, ascending. */
  const byType = new Map<number, number[]>();
  let readers = messagesByReader();
  const read = new Map<string, Mark>();
  const received = new Map<string, Mark>();
  /** Up to which position a client has acknowledged everything. */
  const acknowledged = new Map<string, number>();
  /** The changes, the last one last. A later change of the same message makes an earlier one obsolete. */
  let changes: Change[] = [];
  let lastAt: number | undefined;
  /** Several messages have the same time: they are in the order in which they came. */
  let hasTies = false;
  let recalledAt: number | undefined;
  /** The newest message that everybody may see. */
  let publicId: string | undefined;

  /** The index of the message with this id; -1 if there is none. */
  const indexOf = (id: string): number => {
    const position = byId.get(id);
    return position === undefined ? -1 : position - base;
  };

  const typed = (type: number | undefined, position: number): void => {
    if (type === undefined) return;
    const positions = byType.get(type) ?? [];
    withPosition(positions, position);
    byType.set(type, positions);
  };

  /** Where the messages of a client are. Undefined if it has all. */
  const betweenFor = (clientId: string | undefined): IndexesBetween | undefined => readers.between(clientId, base);

  /** Whether no later change of the same message has come. */
  const isLatest = ({ position, at }: Change): boolean => messages[position - base]?.editedAt === at;

  const noteChange = (position: number, at: number): void => {
    changes.push({ position, at, upTo: Math.max(at, changes.at(-1)?.upTo ?? at) });
    // Obsolete changes are at most as many as messages.
    if (changes.length > 2 * messages.length) changes = changes.filter(isLatest);
  };

  /** The first index and the index after the last; undefined if there is no such message. */
  const stretchOf = (id: string): readonly [number, number] => {
    const index = indexOf(id);
    return index < 0 ? [0, 0] : [index, index + 1];
  };

  /** The index after the last message that was read. */
  const endOf = (upTo: ReadUpTo): number => {
    if (upTo === 'end') return messages.length;
    return 'id' in upTo ? stretchOf(upTo.id)[1] : firstAfter(messages, upTo.timestamp);
  };

  /**
   * Changes the newest messages of a stretch that others have sent to this client. Gives them after the change.
   */
  const update = (
    clientId: string,
    [from, to]: readonly [number, number],
    change: (message: StoredMessage) => StoredMessage,
  ): readonly StoredMessage[] => {
    const changed: StoredMessage[] = [];
    for (let index = Math.max(from, to - MARKED_AT_ONCE); index < to; index += 1) {
      const message = messages[index];
      if (message === undefined || message.from === clientId || !isFor(message, clientId)) continue;
      const next = change(message);
      if (next === message) continue;
      messages[index] = next;
      changed.push(next);
    }
    return changed;
  };

  /** Adds a message after all others. */
  const add = (message: StoredMessage, key: string | undefined): void => {
    lastAt = Math.max(message.timestamp, lastAt ?? -Infinity);
    if (isPublic(message)) publicId = message.id;
    const position = base + messages.length;
    if (key !== undefined) byToken.set(key, position);
    byId.set(message.id, position);
    typed(message.type, position);
    readers.add(message, position, base);
    messages.push(message);
    tokens.push(key);
  };

  const movedDown = (position: number): Move => ({ from: position + 1, to: base + messages.length, by: -1 });

  /** Gives a stretch of messages other positions. */
  const moveAll = (move: Move): void => {
    for (let position = move.from; position < move.to; position += 1) {
      const index = position - base;
      const [message, key] = [messages[index], tokens[index]];
      if (message !== undefined) byId.set(message.id, position + move.by);
      if (key !== undefined) byToken.set(key, position + move.by);
    }
    for (const positions of byType.values()) movePositions(positions, move);
    readers.move(move);
    changes = changes.map((change) => ({ ...change, position: movedPosition(change.position, move) }));
    for (const [clientId, end] of acknowledged) acknowledged.set(clientId, movedEnd(end, move));
  };

  /** Puts earlier messages among the others: all positions are new. */
  const rebuild = (news: readonly StoredMessage[]): void => {
    const keys = new Map([...messages, ...news].map((message, index) => [message, tokens[index]]));
    const changed = changes.filter(isLatest).flatMap(({ position, at }) => {
      const message = messages[position - base];
      return message === undefined ? [] : [{ id: message.id, at }];
    });
    for (const positions of [byId, byToken, byType]) positions.clear();
    readers = messagesByReader();
    messages.length = tokens.length = base = 0;
    for (const [message, key] of [...keys].sort(([a], [b]) => byPosition(a, b))) add(message, key);
    // It is found anew with the next acknowledgement.
    acknowledged.clear();
    changes = [];
    for (const { id, at } of changed) noteChange(byId.get(id) ?? -1, at);
  };

  return {
    append: (given, newId, at) => {
      const { token, now, from, to, type, msg, binaryMsg } = given;
      const key = token === undefined ? undefined : tokenKey(from, token);
      const before = key === undefined ? undefined : messages[(byToken.get(key) ?? -1) - base];
      if (before !== undefined) return { message: before, repeated: true };
      const id = newId();
      const message: StoredMessage = {
        conversationId: given.conversationId,
        from,
        receipt: given.receipt,
        mentions: given.mentions,
        mentionsAll: given.mentionsAll,
        // Without token, speaker and time of the call.
        ...(to === undefined ? undefined : { to }),
        ...(type === undefined ? undefined : { type }),
        ...(msg === undefined ? undefined : { msg }),
        ...(binaryMsg === undefined ? undefined : { binaryMsg }),
        id,
        timestamp: at ?? (lastAt === undefined ? now : Math.max(now, lastAt + 1)),
      };
      hasTies ||= message.timestamp === lastAt;
      add(message, key);
      return { message, repeated: false };
    },

    insert: (given) => {
      const news = given.toSorted(byPosition);
      if (hasTies || (news[0]?.timestamp ?? Infinity) <= (messages.at(-1)?.timestamp ?? -Infinity)) rebuild(news);
      else for (const message of news) add(message, undefined);
      const edited = news.flatMap(({ id, editedAt }) =>
        editedAt === undefined ? [] : [{ position: byId.get(id) ?? -1, at: editedAt }],
      );
      if (edited.length === 0) return;
      const all = [...changes, ...edited].sort((a, b) => a.at - b.at);
      changes = [];
      for (const { position, at } of all) noteChange(position, at);
    },

    noteActivity: (at) => {
      lastAt = Math.max(at, lastAt ?? at);
    },

    taken: (times) => times.filter((time) => messages[firstAfter(messages, time - 1)]?.timestamp === time),

    message: (key) =>
      messages['id' in key ? indexOf(key.id) : (byToken.get(tokenKey(key.from, key.token)) ?? -1) - base],

    history: (query, since) => {
      // Their positions are those of the order in which they came.
      if (hasTies) return pageOf(messages.toSorted(byPosition), query, since);
      const { type, viewer } = query;
      const between = type === undefined ? betweenFor(viewer) : betweenOf([byType.get(type) ?? []], base);
      return pageOf(messages, query, since, between);
    },

    modify: (edit, members) => {
      const index = indexOf(edit.messageId);
      const before = messages[index];
      const result = applyEdit(before, edit);
      if (result._tag !== 'Modified') return result;
      const { message } = result;
      messages[index] = message;
      const position = base + index;
      if (before?.type !== message.type) {
        withoutPosition(byType.get(before?.type ?? NaN), position);
        typed(message.type, position);
      }
      noteChange(position, message.editedAt ?? edit.now);
      if (edit.recall) recalledAt = edit.now;
      const hasNotRead = (member: string): boolean => markedUpTo(read, member) < message.timestamp;
      return {
        ...result,
        unreadBy: members.filter((member) => member !== message.from && isFor(message, member) && hasNotRead(member)),
      };
    },

    remove: (messageId) => {
      const index = indexOf(messageId);
      const message = messages[index];
      if (message === undefined) return false;
      const [position, key] = [base + index, tokens[index]];
      byId.delete(messageId);
      if (key !== undefined) byToken.delete(key);
      const ofType = byType.get(message.type ?? NaN);
      withoutPosition(ofType, position);
      if (message.type !== undefined && ofType?.length === 0) byType.delete(message.type);
      readers.remove(message, position);
      changes = changes.filter((change) => change.position !== position);
      // The gap is closed from the end that is nearer.
      const move = index < messages.length / 2 ? { from: base, to: position, by: 1 } : movedDown(position);
      moveAll(move);
      messages.splice(index, 1);
      tokens.splice(index, 1);
      if (move.by > 0) base += 1;
      if (publicId === messageId) publicId = messages.findLast(isPublic)?.id;
      return true;
    },

    modifiedSince: (clientId, since, limit) => {
      const found: StoredMessage[] = [];
      for (let index = firstChange(changes, since); index < changes.length && found.length < limit; index += 1) {
        const change = changes[index];
        const message = change === undefined ? undefined : messages[change.position - base];
        if (change === undefined || message === undefined || !isLatest(change)) continue;
        if (change.at >= since && isFor(message, clientId)) found.push(message);
      }
      return found;
    },
    modifiedAt: () => changes.at(-1)?.upTo,

    receipts: () => receiptsOf(received, read),
    marked: () => new Set([...received.keys(), ...read.keys()]),
    marksOf: (clientId) => defined({ read: read.get(clientId), received: received.get(clientId) }),
    mark: (clientId, marks) => {
      if (marks.read !== undefined) read.set(clientId, marks.read);
      if (marks.received !== undefined) received.set(clientId, marks.received);
    },
    forgetOthers: (members) => {
      if (Math.max(received.size, read.size) <= members.size + MARKS_OF_OTHERS) return;
      for (const marks of [received, read, acknowledged])
        for (const clientId of marks.keys()) if (!members.has(clientId)) marks.delete(clientId);
    },

    offline: (clientId, limit) => {
      const gotUpTo = Math.max(markedUpTo(read, clientId), markedUpTo(received, clientId));
      return missedOf(messages, { conversationId, clientId, gotUpTo, limit, between: betweenFor(clientId) });
    },

    acknowledge: (clientId, arrived, now) => {
      const [from, to] =
        'id' in arrived
          ? stretchOf(arrived.id)
          : [firstAfter(messages, arrived.from - 1), firstAfter(messages, arrived.to)];
      const last = messages[to - 1];
      if (last !== undefined && to > from)
        received.set(clientId, { upTo: Math.max(last.timestamp, markedUpTo(received, clientId)), at: now });
      // What this client has acknowledged before is not looked at again.
      const known = Math.max(0, (acknowledged.get(clientId) ?? 0) - base);
      if (from <= known && to > known) acknowledged.set(clientId, base + to);
      const delivered = update(clientId, [Math.max(from, known), to], (message) =>
        message.deliveredAt === undefined ? { ...message, deliveredAt: now } : message,
      );
      return delivered.filter(({ receipt }) => receipt).slice(-RECEIPTS_AT_ONCE);
    },

    markRead: (clientId, upTo, now) => {
      const first = firstAfter(messages, markedUpTo(read, clientId));
      const end = endOf(upTo);
      const last = messages[end - 1];
      if (last === undefined || end <= first) return { moved: false };
      read.set(clientId, { upTo: last.timestamp, at: now });
      const changed = update(clientId, [first, end], (message) =>
        message.readAt === undefined ? { ...message, readAt: now, deliveredAt: message.deliveredAt ?? now } : message,
      );
      return { moved: true, ...defined({ newest: changed.findLast(({ receipt }) => receipt) }) };
    },

    unread: (clientId) =>
      unreadOf(messages, {
        conversationId,
        clientId,
        readUpTo: markedUpTo(read, clientId),
        limit: unreadLimit,
        between: betweenFor(clientId),
      }),

    trim: (before, atMost) => {
      if ((messages[0]?.timestamp ?? before) >= before && messages.length <= atMost) return;
      const old = Math.max(
        firstThat(messages, ({ timestamp }) => timestamp >= before),
        messages.length - atMost,
      );
      // Deleting changes all indexes, so it is not done for each message.
      if (old < messages.length / 2 && old < TRIM_AT_LEAST) return;
      for (const { id } of messages.splice(0, old)) byId.delete(id);
      for (const key of tokens.splice(0, old)) if (key !== undefined) byToken.delete(key);
      base += old;
      shorten(byType, base);
      readers.trim(base);
      changes = changes.filter(({ position }) => position >= base);
    },

    unreadLessAt: (clientId) => {
      const markedAt = read.get(clientId)?.at;
      return recalledAt === undefined ? markedAt : Math.max(recalledAt, markedAt ?? -Infinity);
    },
    last: () => messages.at(-1),
    lastAt: () => lastAt,
    lastPublic: () => messages[indexOf(publicId ?? '')],
  };
};

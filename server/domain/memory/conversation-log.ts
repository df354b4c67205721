/** One conversation's messages and marks, in memory. */
import { defined } from '../../../codecs/defined.js';
import { isSignalType } from '../../../codecs/index.js';
import { applyEdit } from '../messages/edits.js';
import { firstAfter, firstThat, isFor, pageOf } from '../messages/history.js';
import { markedUpTo, receiptsOf, type Mark } from '../messages/marks.js';
import { missedOf, unreadOf } from '../messages/unread.js';
import type {
  Arrived,
  HistoryQuery,
  MarkedRead,
  MemberReceipt,
  MessageKey,
  NewMessage,
  OfflineMessages,
  ReadUpTo,
  StoredEdit,
  StoredMessage,
  UnreadSummary,
} from '../records.js';

/** The result of a change, without who gets it. */
type LogModified =
  | { readonly _tag: 'Modified'; readonly message: StoredMessage; readonly unreadBy: readonly string[] }
  | { readonly _tag: 'Missing' | 'Foreign' };

export interface ConversationLog {
  /**
   * Calls `newId` for an id unless the message is stored already. `at`: its exact time, which other messages may have
   * too, and which is not before that of the newest message. Default: a time of its own, from `now` on.
   */
  append(
    message: NewMessage,
    newId: () => string,
    at?: number,
  ): { readonly message: StoredMessage; readonly repeated: boolean };
  readonly message: (key: MessageKey) => StoredMessage | undefined;
  /** Gives no message before `since` (ms). */
  history(query: HistoryQuery, since: number): readonly StoredMessage[];
  /** `members`: the members whose read marks are checked. */
  modify(edit: StoredEdit, members: readonly string[]): LogModified;
  modifiedSince(clientId: string, since: number): readonly StoredMessage[];
  /** Deletes messages before a time (ms), and the oldest messages if there are more than `atMost`. */
  trim(before: number, atMost: number): void;
  receipts(): readonly MemberReceipt[];
  offline(clientId: string, limit: number): OfflineMessages;
  acknowledge(clientId: string, arrived: Arrived, now: number): readonly StoredMessage[];
  markRead(clientId: string, upTo: ReadUpTo, now: number): Omit<MarkedRead, 'summary'>;
  unread(clientId: string): UnreadSummary;
  /** When a client's unread count was last lowered by a read mark or by a recall; undefined if it never was. */
  unreadLessAt(clientId: string): number | undefined;
  last(): StoredMessage | undefined;
  /**
   * When the newest message was sent, ms since 1970, even if that message is deleted; undefined if there was no
   * message.
   */
  lastAt(): number | undefined;
  /** The newest message that everybody may see. */
  lastPublic(): StoredMessage | undefined;
}

const byPosition = (a: StoredMessage, b: StoredMessage): number => a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1);

const tokenKey = (from: string, token: string): string => JSON.stringify([from, token]);

const TRIM_AT_LEAST = 1_024;

export const conversationLog = (conversationId: string, unreadLimit: number): ConversationLog => {
  const messages: StoredMessage[] = [];
  /** Index by sender and token. */
  const byToken = new Map<string, number>();
  /** Index by message id. */
  const byId = new Map<string, number>();
  const read = new Map<string, Mark>();
  const received = new Map<string, Mark>();
  /** Ids of changed messages, the last change last. */
  const modified = new Set<string>();
  let lastAt: number | undefined;
  /** Several messages have the same time: they are in the order in which they came. */
  let hasTies = false;
  let recalledAt: number | undefined;
  /** The newest message that everybody may see. */
  let publicId: string | undefined;

  /** The first index and the index after the last; undefined if there is no such message. */
  const stretchOf = (id: string): readonly [number, number] => {
    const index = byId.get(id);
    return index === undefined ? [0, 0] : [index, index + 1];
  };

  /** The index after the last message that was read. */
  const endOf = (upTo: ReadUpTo): number => {
    if (upTo === 'end') return messages.length;
    return 'id' in upTo ? stretchOf(upTo.id)[1] : firstAfter(messages, upTo.timestamp);
  };

  /** Changes the messages of a stretch that others have sent to this client. Gives them after the change. */
  const update = (
    clientId: string,
    [from, to]: readonly [number, number],
    change: (message: StoredMessage) => StoredMessage,
  ): readonly StoredMessage[] => {
    const changed: StoredMessage[] = [];
    for (let index = from; index < to; index += 1) {
      const message = messages[index];
      if (message === undefined || message.from === clientId || !isFor(message, clientId)) continue;
      const next = change(message);
      if (next === message) continue;
      messages[index] = next;
      changed.push(next);
    }
    return changed;
  };

  return {
    append: ({ token, now, speaker, ...content }, newId, at) => {
      const key = token === undefined ? undefined : tokenKey(content.from, token);
      const before = key === undefined ? undefined : messages[byToken.get(key) ?? -1];
      if (before !== undefined) return { message: before, repeated: true };
      const id = newId();
      const message: StoredMessage = {
        ...content,
        id,
        timestamp: at ?? (lastAt === undefined ? now : Math.max(now, lastAt + 1)),
      };
      hasTies ||= message.timestamp === lastAt;
      lastAt = message.timestamp;
      if (message.to === undefined && !isSignalType(message.type)) publicId = id;
      if (key !== undefined) byToken.set(key, messages.length);
      byId.set(id, messages.length);
      messages.push(message);
      return { message, repeated: false };
    },

    message: (key) =>
      messages['id' in key ? (byId.get(key.id) ?? -1) : (byToken.get(tokenKey(key.from, key.token)) ?? -1)],

    history: (query, since) => pageOf(hasTies ? messages.toSorted(byPosition) : messages, query, since),

    modify: (edit, members) => {
      const index = byId.get(edit.messageId) ?? -1;
      const result = applyEdit(messages[index], edit);
      if (result._tag !== 'Modified') return result;
      const { message } = result;
      messages[index] = message;
      modified.delete(message.id);
      modified.add(message.id);
      if (edit.recall) recalledAt = edit.now;
      const hasNotRead = (member: string): boolean => markedUpTo(read, member) < message.timestamp;
      return {
        ...result,
        unreadBy: members.filter((member) => member !== message.from && isFor(message, member) && hasNotRead(member)),
      };
    },

    modifiedSince: (clientId, since) =>
      [...modified].flatMap((id) => {
        const message = messages[byId.get(id) ?? -1];
        return message !== undefined && (message.editedAt ?? -Infinity) >= since && isFor(message, clientId)
          ? [message]
          : [];
      }),

    receipts: () => receiptsOf(received, read),

    offline: (clientId, limit) => {
      const gotUpTo = Math.max(markedUpTo(read, clientId), markedUpTo(received, clientId));
      return missedOf(messages, { conversationId, clientId, gotUpTo, limit });
    },

    acknowledge: (clientId, arrived, now) => {
      const [from, to] =
        'id' in arrived
          ? stretchOf(arrived.id)
          : [firstAfter(messages, arrived.from - 1), firstAfter(messages, arrived.to)];
      const last = messages[to - 1];
      if (last !== undefined && to > from)
        received.set(clientId, { upTo: Math.max(last.timestamp, markedUpTo(received, clientId)), at: now });
      const delivered = update(clientId, [from, to], (message) =>
        message.deliveredAt === undefined ? { ...message, deliveredAt: now } : message,
      );
      return delivered.filter(({ receipt }) => receipt);
    },

    markRead: (clientId, upTo, now) => {
      const first = firstAfter(messages, markedUpTo(read, clientId));
      const end = endOf(upTo);
      const last = messages[end - 1];
      const isEnd = end === messages.length;
      if (last === undefined || end <= first) return { moved: false, isEnd };
      read.set(clientId, { upTo: last.timestamp, at: now });
      const changed = update(clientId, [first, end], (message) =>
        message.readAt === undefined ? { ...message, readAt: now, deliveredAt: message.deliveredAt ?? now } : message,
      );
      return { moved: true, isEnd, ...defined({ newest: changed.findLast(({ receipt }) => receipt) }) };
    },

    unread: (clientId) =>
      unreadOf(messages, { conversationId, clientId, readUpTo: markedUpTo(read, clientId), limit: unreadLimit }),

    trim: (before, atMost) => {
      const old = Math.max(
        firstThat(messages, ({ timestamp }) => timestamp >= before),
        messages.length - atMost,
      );
      // Deleting changes all indexes, so it is not done for each message.
      if (old < messages.length / 2 && old < TRIM_AT_LEAST) return;
      for (const { id } of messages.splice(0, old)) {
        byId.delete(id);
        modified.delete(id);
      }
      for (const [index, { id }] of messages.entries()) byId.set(id, index);
      for (const [key, index] of byToken) {
        if (index < old) byToken.delete(key);
        else byToken.set(key, index - old);
      }
    },

    unreadLessAt: (clientId) => {
      const markedAt = read.get(clientId)?.at;
      return recalledAt === undefined ? markedAt : Math.max(recalledAt, markedAt ?? -Infinity);
    },
    last: () => messages.at(-1),
    lastAt: () => lastAt,
    lastPublic: () => messages[byId.get(publicId ?? '') ?? -1],
  };
};

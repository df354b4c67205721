/** One conversation's messages and marks, in memory. */
import type {
  Arrived,
  Bound,
  HistoryQuery,
  MarkedRead,
  MemberReceipt,
  Modification,
  Modified,
  NewMessage,
  OfflineMessages,
  ReadUpTo,
  StoredMessage,
  UnreadSummary,
} from './store.js';

interface Mark {
  readonly upTo: number;
  /** When it was set. */
  readonly at: number;
}

export interface ConversationLog {
  append(message: NewMessage, id: string): { readonly message: StoredMessage; readonly repeated: boolean };
  /** Nothing before `since` (ms). */
  history(query: HistoryQuery, since: number): readonly StoredMessage[];
  /** `members`: whose marks are looked at. */
  modify(modification: Modification, members: readonly string[]): Modified;
  modifiedSince(clientId: string, since: number): readonly StoredMessage[];
  /** Forgets messages before a time (ms), and the oldest of more than so many. */
  trim(before: number, atMost: number): void;
  receipts(): readonly MemberReceipt[];
  offline(clientId: string, limit: number): OfflineMessages;
  acknowledge(clientId: string, arrived: Arrived, now: number): readonly StoredMessage[];
  markRead(clientId: string, upTo: ReadUpTo, now: number): Omit<MarkedRead, 'summary'>;
  unread(clientId: string): UnreadSummary;
  /** When its unread count last became less than the messages that came: by its mark, or by a recall; undefined where it never did. */
  unreadLessAt(clientId: string): number | undefined;
  last(): StoredMessage | undefined;
  /** When the newest message was, whether it is still kept or not, ms since 1970; 0 where there was none. */
  lastAt(): number;
  /** The newest message that everybody may see. */
  lastPublic(): StoredMessage | undefined;
}

const isBefore = (message: StoredMessage, { timestamp, id, included }: Bound): boolean => {
  if (message.timestamp !== timestamp) return message.timestamp < timestamp;
  if (id === undefined || message.id === id) return included;
  return message.id < id;
};

const isAfter = (message: StoredMessage, { timestamp, id, included }: Bound): boolean => {
  if (message.timestamp !== timestamp) return message.timestamp > timestamp;
  if (id === undefined || message.id === id) return included;
  return message.id > id;
};

/** The first index from which on all items pass; they are sorted, so a binary search finds it. */
const lowerBound = (messages: readonly StoredMessage[], passes: (message: StoredMessage) => boolean): number => {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const message = messages[middle];
    if (message !== undefined && passes(message)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** A message of a system conversation may be for some only; its sender knows it, too. */
const isFor = ({ to, from }: StoredMessage, clientId: string | undefined): boolean =>
  to === undefined || clientId === undefined || from === clientId || to.includes(clientId);

const RECALLED = -127;
const recalledBody = JSON.stringify({ _lctype: RECALLED });

const TRIM_AT_LEAST = 1_024;

export const conversationLog = (conversationId: string, unreadLimit: number): ConversationLog => {
  const messages: StoredMessage[] = [];
  /** Index by sender and token. */
  const byToken = new Map<string, number>();
  /** Index by message id. */
  const byId = new Map<string, number>();
  const marks = new Map<string, Mark>();
  /** How far each client has acknowledged. */
  const acknowledged = new Map<string, Mark>();
  /** Ids of changed messages, the last change last. */
  const modified = new Set<string>();
  let lastAt = 0;
  let recalledAt: number | undefined;
  /** The newest message that everybody may see. */
  let publicId: string | undefined;

  const after = (timestamp: number): number => lowerBound(messages, (message) => message.timestamp > timestamp);

  /** First index and the one after the last; nothing where there is no such message. */
  const stretchOf = (id: string): readonly [number, number] => {
    const index = byId.get(id);
    return index === undefined ? [0, 0] : [index, index + 1];
  };

  /** The index after the last that was read. */
  const endOf = (upTo: ReadUpTo): number => {
    if (upTo === 'end') return messages.length;
    return 'id' in upTo ? stretchOf(upTo.id)[1] : after(upTo.timestamp);
  };

  const update = (index: number, change: Partial<StoredMessage>): StoredMessage | undefined => {
    const message = messages[index];
    if (message === undefined) return undefined;
    const changed = { ...message, ...change };
    messages[index] = changed;
    return changed;
  };

  return {
    append: ({ token, now, ...content }, id) => {
      const key = token === undefined ? undefined : JSON.stringify([content.from, token]);
      const before = key === undefined ? undefined : messages[byToken.get(key) ?? -1];
      if (before !== undefined) return { message: before, repeated: true };
      const message: StoredMessage = { ...content, id, timestamp: Math.max(now, lastAt + 1) };
      lastAt = message.timestamp;
      if (message.to === undefined) publicId = id;
      if (key !== undefined) byToken.set(key, messages.length);
      byId.set(id, messages.length);
      messages.push(message);
      return { message, repeated: false };
    },

    history: ({ viewer, direction, from, to, type, limit }, since) => {
      const isOld = direction === 'old';
      const [oldest, newest] = isOld ? [to, from] : [from, to];
      const start = Math.max(after(since - 1), oldest === undefined ? 0 : lowerBound(messages, (message) => isAfter(message, oldest)));
      const end = newest === undefined ? messages.length : lowerBound(messages, (message) => !isBefore(message, newest));
      const page: StoredMessage[] = [];
      for (let step = 0; step < end - start && page.length < limit; step += 1) {
        const message = messages[isOld ? end - 1 - step : start + step];
        if (message === undefined || !isFor(message, viewer)) continue;
        if (type === undefined || message.type === type) page.push(message);
      }
      return isOld ? page.reverse() : page;
    },

    modify: ({ messageId, by, recall, mentions, mentionsAll, type, msg, binaryMsg, now }, members) => {
      const index = byId.get(messageId) ?? -1;
      const before = messages[index];
      // What was taken back stays so.
      if (before === undefined || (before.type === RECALLED && !recall)) return { _tag: 'Missing' };
      if (by !== undefined && before.from !== by) return { _tag: 'Foreign' };
      const { id, from, to, timestamp, receipt, deliveredAt, readAt } = before;
      const content = recall
        ? { mentions: [], mentionsAll: false, type: RECALLED, msg: recalledBody }
        : {
            mentions,
            mentionsAll,
            ...(type === undefined ? {} : { type }),
            ...(msg === undefined ? {} : { msg }),
            ...(binaryMsg === undefined ? {} : { binaryMsg }),
          };
      const message: StoredMessage = {
        id,
        conversationId,
        from,
        ...(to === undefined ? {} : { to }),
        timestamp,
        receipt,
        ...(deliveredAt === undefined ? {} : { deliveredAt }),
        ...(readAt === undefined ? {} : { readAt }),
        ...content,
        editedAt: Math.max(now, (before.editedAt ?? 0) + 1),
      };
      messages[index] = message;
      modified.delete(id);
      modified.add(id);
      if (recall) recalledAt = now;
      const unreadBy = members.filter((member) => member !== from && isFor(message, member) && (marks.get(member)?.upTo ?? 0) < timestamp);
      return { _tag: 'Modified', message, unreadBy };
    },

    modifiedSince: (clientId, since) =>
      [...modified].flatMap((id) => {
        const message = messages[byId.get(id) ?? -1];
        return message !== undefined && (message.editedAt ?? 0) >= since && isFor(message, clientId) ? [message] : [];
      }),

    receipts: () =>
      [...new Set([...acknowledged.keys(), ...marks.keys()])].map((clientId) => {
        const readAt = marks.get(clientId)?.at;
        const deliveredAt = Math.max(acknowledged.get(clientId)?.at ?? 0, readAt ?? 0);
        return { clientId, deliveredAt, ...(readAt === undefined ? {} : { readAt }) };
      }),

    offline: (clientId, limit) => {
      const first = after(Math.max(marks.get(clientId)?.upTo ?? 0, acknowledged.get(clientId)?.upTo ?? 0));
      const missed: StoredMessage[] = [];
      for (let index = messages.length - 1; index >= first && missed.length <= limit; index -= 1) {
        const message = messages[index];
        if (message === undefined || message.from === clientId || message.type === RECALLED || !isFor(message, clientId)) continue;
        missed.push(message);
      }
      return { conversationId, messages: missed.slice(0, limit).reverse(), hasMore: missed.length > limit };
    },

    acknowledge: (clientId, arrived, now) => {
      const delivered: StoredMessage[] = [];
      const [from, to] = 'id' in arrived ? stretchOf(arrived.id) : [after(arrived.from - 1), after(arrived.to)];
      const last = messages[to - 1];
      if (last !== undefined && to > from)
        acknowledged.set(clientId, { upTo: Math.max(last.timestamp, acknowledged.get(clientId)?.upTo ?? 0), at: now });
      for (let index = from; index < to; index += 1) {
        const message = messages[index];
        if (message === undefined || message.from === clientId || message.deliveredAt !== undefined || !isFor(message, clientId)) continue;
        const changed = update(index, { deliveredAt: now });
        if (changed?.receipt === true) delivered.push(changed);
      }
      return delivered;
    },

    markRead: (clientId, upTo, now) => {
      const first = after(marks.get(clientId)?.upTo ?? 0);
      const end = endOf(upTo);
      const last = messages[end - 1];
      if (last === undefined || end <= first) return { moved: false, isEnd: end === messages.length };
      marks.set(clientId, { upTo: last.timestamp, at: now });
      let newest: StoredMessage | undefined;
      for (let index = first; index < end; index += 1) {
        const message = messages[index];
        if (message === undefined || message.from === clientId || message.readAt !== undefined || !isFor(message, clientId)) continue;
        const changed = update(index, { readAt: now, deliveredAt: message.deliveredAt ?? now });
        if (changed?.receipt === true) newest = changed;
      }
      return { moved: true, isEnd: end === messages.length, ...(newest === undefined ? {} : { newest }) };
    },

    unread: (clientId) => {
      const first = after(marks.get(clientId)?.upTo ?? 0);
      const last = messages.findLast((message) => isFor(message, clientId));
      let count = 0;
      let mentioned = false;
      // From the newest on: beyond the limit nothing is looked at.
      for (let index = messages.length - 1; index >= first && count < unreadLimit; index -= 1) {
        const message = messages[index];
        if (message === undefined || message.from === clientId || message.type === RECALLED || !isFor(message, clientId)) continue;
        count += 1;
        mentioned ||= message.mentionsAll || message.mentions.includes(clientId);
      }
      return {
        conversationId,
        count,
        mentioned,
        ...(last === undefined ? {} : { last }),
      };
    },

    trim: (before, atMost) => {
      const old = Math.max(
        lowerBound(messages, ({ timestamp }) => timestamp >= before),
        messages.length - atMost,
      );
      // All indexes change: not for each message.
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
      const markedAt = marks.get(clientId)?.at;
      return recalledAt === undefined ? markedAt : Math.max(recalledAt, markedAt ?? 0);
    },
    last: () => messages.at(-1),
    lastAt: () => lastAt,
    lastPublic: () => messages[byId.get(publicId ?? '') ?? -1],
  };
};

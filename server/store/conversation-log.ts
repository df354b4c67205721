/** One conversation's messages and marks, in memory. */
import type { Bound, HistoryQuery, NewMessage, StoredMessage, UnreadSummary } from './store.js';

interface Mark {
  readonly upTo: number;
  /** When it was set. */
  readonly at: number;
}

export interface ConversationLog {
  append(message: NewMessage, id: string): { readonly message: StoredMessage; readonly repeated: boolean };
  history(query: HistoryQuery): readonly StoredMessage[];
  acknowledge(clientId: string, from: number, to: number, now: number): readonly StoredMessage[];
  markRead(clientId: string, upTo: number, now: number): { readonly moved: boolean; readonly newest?: StoredMessage };
  unread(clientId: string): UnreadSummary;
  /** When this client's mark was last set; 0 where it never was. */
  markedAt(clientId: string): number;
  last(): StoredMessage | undefined;
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

export const conversationLog = (conversationId: string, unreadLimit: number): ConversationLog => {
  const messages: StoredMessage[] = [];
  /** Index by sender and token. */
  const byToken = new Map<string, number>();
  const marks = new Map<string, Mark>();

  const after = (timestamp: number): number => lowerBound(messages, (message) => message.timestamp > timestamp);

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
      const message: StoredMessage = { ...content, id, timestamp: Math.max(now, (messages.at(-1)?.timestamp ?? 0) + 1) };
      if (key !== undefined) byToken.set(key, messages.length);
      messages.push(message);
      return { message, repeated: false };
    },

    history: ({ direction, from, to, limit }) => {
      const [oldest, newest] = direction === 'old' ? [to, from] : [from, to];
      const start = oldest === undefined ? 0 : lowerBound(messages, (message) => isAfter(message, oldest));
      const end = newest === undefined ? messages.length : lowerBound(messages, (message) => !isBefore(message, newest));
      return direction === 'old'
        ? messages.slice(Math.max(start, end - limit), Math.max(start, end))
        : messages.slice(start, Math.min(start + limit, end));
    },

    acknowledge: (clientId, from, to, now) => {
      const delivered: StoredMessage[] = [];
      for (let index = after(from - 1); index < after(to); index += 1) {
        const message = messages[index];
        if (message === undefined || message.from === clientId || message.deliveredAt !== undefined) continue;
        const changed = update(index, { deliveredAt: now });
        if (changed?.receipt === true) delivered.push(changed);
      }
      return delivered;
    },

    markRead: (clientId, upTo, now) => {
      const mark = marks.get(clientId);
      if (mark !== undefined && upTo <= mark.upTo) return { moved: false };
      marks.set(clientId, { upTo, at: now });
      let newest: StoredMessage | undefined;
      for (let index = after(mark?.upTo ?? 0); index < after(upTo); index += 1) {
        const message = messages[index];
        if (message === undefined || message.from === clientId || message.readAt !== undefined) continue;
        const changed = update(index, { readAt: now, deliveredAt: message.deliveredAt ?? now });
        if (changed?.receipt === true) newest = changed;
      }
      return { moved: true, ...(newest === undefined ? {} : { newest }) };
    },

    unread: (clientId) => {
      const upTo = marks.get(clientId)?.upTo ?? 0;
      const unread = messages.slice(after(upTo)).filter(({ from }) => from !== clientId);
      const last = messages.at(-1);
      return {
        conversationId,
        count: Math.min(unread.length, unreadLimit),
        mentioned: unread.some(({ mentions, mentionsAll }) => mentionsAll || mentions.includes(clientId)),
        ...(last === undefined ? {} : { last }),
      };
    },

    markedAt: (clientId) => marks.get(clientId)?.at ?? 0,
    last: () => messages.at(-1),
  };
};

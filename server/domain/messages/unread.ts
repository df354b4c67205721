/** A client's unread and missed messages. */
import type { OfflineMessages, StoredMessage, UnreadSummary } from '../records.js';
import { defined } from '../../../codecs/defined.js';
import { concerns, firstAfter, newestFirst, type IndexesBetween } from './history.js';

export interface UnreadOptions {
  readonly conversationId: string;
  readonly clientId: string;
  /** The time of the last message that the client has read, ms; -Infinity if it has read none. */
  readonly readUpTo: number;
  /** The count stops here. */
  readonly limit: number;
  /** Which messages are looked at. Default: all. */
  readonly between?: IndexesBetween | undefined;
}

/**
 * How many messages a client has not read, and whether one of them mentions it. It starts with the newest message and
 * stops at the limit.
 */
export const unreadOf = (
  messages: readonly StoredMessage[],
  { conversationId, clientId, readUpTo, limit, between }: UnreadOptions,
): UnreadSummary => {
  const first = firstAfter(messages, readUpTo);
  let count = 0;
  let mentioned = false;
  let last: StoredMessage | undefined;
  for (const [index, message] of newestFirst(messages, clientId, between)) {
    last ??= message;
    if (index < first || count >= limit) break;
    if (!concerns(message, clientId)) continue;
    count += 1;
    mentioned ||= message.mentionsAll || message.mentions.includes(clientId);
  }
  return { conversationId, count, mentioned, ...defined({ last }) };
};

export interface MissedOptions {
  readonly conversationId: string;
  readonly clientId: string;
  /** The time of the last message that the client has received, ms; -Infinity if it has received none. */
  readonly gotUpTo: number;
  /** At most this many: the newest ones. */
  readonly limit: number;
  /** Which messages are looked at. Default: all. */
  readonly between?: IndexesBetween | undefined;
}

/** The messages that a client has missed. */
export const missedOf = (
  messages: readonly StoredMessage[],
  { conversationId, clientId, gotUpTo, limit, between }: MissedOptions,
): OfflineMessages => {
  const first = firstAfter(messages, gotUpTo);
  const missed: StoredMessage[] = [];
  for (const [index, message] of newestFirst(messages, clientId, between)) {
    if (index < first || missed.length > limit) break;
    if (concerns(message, clientId)) missed.push(message);
  }
  return { conversationId, messages: missed.slice(0, limit).reverse(), hasMore: missed.length > limit };
};

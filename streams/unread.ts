import type { ClientEvent, MessageArrived, Unread, UnreadCount } from './events.js';
import type { KeyedReducer } from './keyed-state.js';
import {
  hasMention,
  hasUnread,
  newest,
  NONE_RECENT,
  sizeOf,
  unreadAfter,
  withUnread,
  type RecentUnread,
} from './recent-unread.js';
import { isShown } from './shown.js';

/** The unread count of a conversation, and up to which message it is known. */
export interface UnreadState extends Unread {
  /** Messages before this time are counted or read, ms since 1970. */
  readonly asOf: number;
  /** The messages of exactly that time that are counted or read, by id; at most the newest 64. */
  readonly same: readonly string[];
  /** Messages of exactly that time that were missed are counted or read too: the server has counted, or was told. */
  readonly isCounted: boolean;
  /** This client has read up to this time, ms since 1970; the server may not know it yet. */
  readonly readUpTo: number;
  /** The unread messages that have come to this client; at most the newest 100. */
  readonly recent: RecentUnread;
}

/** How many messages of one millisecond are remembered. The log has each message once, so this is a second net. */
const SAME_TIME = 64;

/** Whether the message is in the count already, or was read. */
const isKnown = (
  { message, origin }: MessageArrived,
  { asOf, same, isCounted }: Pick<UnreadState, 'asOf' | 'same' | 'isCounted'>,
): boolean =>
  message.timestamp < asOf ||
  (message.timestamp === asOf && (same.includes(message.id) || (isCounted && origin === 'missed')));

const NOBODY: readonly string[] = [];
const NOTHING: UnreadState = {
  count: 0,
  mentioned: false,
  asOf: 0,
  readUpTo: 0,
  same: NOBODY,
  isCounted: false,
  recent: NONE_RECENT,
};

/**
 * What remains after a mark that lies before the newest message. It is known if the remembered messages reach back to
 * the mark. Otherwise the count stays until the server has answered the mark.
 */
const readPartly = (before: UnreadState, at: number): UnreadState => {
  const rest = unreadAfter(before.recent, at);
  const isKnown = sizeOf(rest) < sizeOf(before.recent) || sizeOf(rest) >= before.count;
  return {
    ...before,
    readUpTo: at,
    recent: rest,
    ...(isKnown ? { count: Math.min(sizeOf(rest), before.count), mentioned: hasMention(rest) } : {}),
  };
};

/** The count of the server is older than the read mark of this client. */
const isOutdated = ({ asOf }: UnreadCount, before: UnreadState | undefined): boolean =>
  before !== undefined && asOf <= before.readUpTo;

/**
 * Unread counts, by conversation id. The count of the server wins, unless it is older than the read mark of this
 * client. Each later message of others adds one, until this client or another device of its user marks the messages
 * as read. After a mark of this client that lies before the newest message, the messages behind it stay unread, as far
 * as they have come to this client; then the server's count wins.
 *
 * Transient, recalled and own messages and signals do not count. Counting goes by time, and by id where several
 * messages have the same time, so a message never counts twice and a repeated part of the log changes nothing. A
 * conversation that this client has left has no unread messages.
 *
 * @param self the client's own id
 * @param counts false for conversations whose messages never count: chat rooms
 */
export const unreadReducer =
  (self: string, counts: (conversationId: string) => boolean): KeyedReducer<ClientEvent, UnreadState> =>
  (event, get, set) => {
    switch (event._tag) {
      case 'UnreadCounts':
        for (const counted of event.counts) {
          const { conversationId, count, mentioned, asOf, lastId } = counted;
          const before = get(conversationId);
          if (!isOutdated(counted, before))
            set(conversationId, {
              count,
              mentioned,
              asOf,
              readUpTo: before?.readUpTo ?? 0,
              same: lastId === undefined ? NOBODY : [lastId],
              isCounted: true,
              // Another device has read the older ones.
              recent: newest(before?.recent ?? NONE_RECENT, count),
            });
        }
        return;
      case 'Message': {
        const { conversationId, message } = event;
        const known = get(conversationId);
        const before = known ?? NOTHING;
        const isCountable = !message.transient && message.body._tag !== 'Recalled' && isShown(message);
        if (message.from === self || !isCountable) return;
        if (isKnown(event, before)) {
          const { recent, readUpTo, count } = before;
          // It is counted, but not seen before.
          if (count > 0 && message.timestamp > readUpTo && !hasUnread(recent, message.id))
            set(conversationId, { ...before, recent: withUnread(recent, message) });
          return;
        }
        // The conversation has a count already.
        if (known === undefined && !counts(conversationId)) return;
        const isSame = message.timestamp === before.asOf;
        set(conversationId, {
          count: before.count + 1,
          mentioned: message.mentioned || before.mentioned,
          asOf: message.timestamp,
          readUpTo: before.readUpTo,
          same: isSame ? [message.id, ...before.same.slice(0, SAME_TIME - 1)] : [message.id],
          isCounted: isSame && before.isCounted,
          recent: withUnread(before.recent, message),
        });
        return;
      }
      case 'ReadMark': {
        const { conversationId, at } = event;
        const before = get(conversationId) ?? NOTHING;
        if (at < before.asOf) {
          if (at > before.readUpTo) set(conversationId, readPartly(before, at));
          return;
        }
        set(conversationId, {
          ...(at === before.asOf ? before : NOTHING),
          count: 0,
          mentioned: false,
          asOf: at,
          readUpTo: at,
          isCounted: true,
          recent: NONE_RECENT,
        });
        return;
      }
      case 'Gap': {
        // What comes next does not join on to what has come.
        const before = get(event.conversationId);
        if (before !== undefined && sizeOf(before.recent) > 0)
          set(event.conversationId, { ...before, recent: NONE_RECENT });
        return;
      }
      case 'Left':
      case 'Blocked': {
        const before = get(event.conversationId);
        if (before !== undefined && event.members.includes(self))
          set(event.conversationId, { ...before, count: 0, mentioned: false, recent: NONE_RECENT });
        return;
      }
      default:
        return;
    }
  };

import type { ClientEvent, Unread, UnreadCount } from './events.js';
import type { KeyedReducer } from './keyed-state.js';

/** The unread count of a conversation, and up to which message it is known. */
export interface UnreadState extends Unread {
  /** Messages up to this time are counted or read, ms since 1970. */
  readonly asOf: number;
  /** This client has read up to this time, ms since 1970; the server may not know it yet. */
  readonly readUpTo: number;
}

/** The count of the server is older than the read mark of this client. */
const isOutdated = ({ asOf }: UnreadCount, before: UnreadState | undefined): boolean =>
  before !== undefined && asOf <= before.readUpTo;

/**
 * Unread counts, by conversation id. The count of the server wins, unless it is older than the read mark of this
 * client. Each later message of others adds one, until this client or another device of its user marks the messages
 * as read.
 *
 * Transient messages, recalled messages and own messages do not count. Counting goes by time, so a message never
 * counts twice and a repeated part of the log changes nothing.
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
          const { conversationId, count, mentioned, asOf } = counted;
          const before = get(conversationId);
          if (!isOutdated(counted, before))
            set(conversationId, { count, mentioned, asOf, readUpTo: before?.readUpTo ?? 0 });
        }
        return;
      case 'Message': {
        const { conversationId, message } = event;
        const before = get(conversationId);
        if (
          message.from === self ||
          message.transient ||
          message.body._tag === 'Recalled' ||
          message.timestamp <= (before?.asOf ?? 0)
        )
          return;
        // The conversation has a count already.
        if (before === undefined && !counts(conversationId)) return;
        set(conversationId, {
          count: (before?.count ?? 0) + 1,
          mentioned: message.mentioned || before?.mentioned === true,
          asOf: message.timestamp,
          readUpTo: before?.readUpTo ?? 0,
        });
        return;
      }
      case 'ReadMark': {
        const before = get(event.conversationId);
        if (before !== undefined && event.at < before.asOf) return;
        set(event.conversationId, { count: 0, mentioned: false, asOf: event.at, readUpTo: event.at });
        return;
      }
      default:
        return;
    }
  };

import type { ClientEvent, Unread, UnreadCount } from './events.js';
import type { KeyedReducer } from './keyed-state.js';

/** What the unread count of a conversation is known to be, and up to which message. */
export interface UnreadState extends Unread {
  /** Messages up to this time are in the count (or were read), ms since 1970. */
  readonly asOf: number;
  /** This client has read up to here, whether the server has heard of it or not, ms since 1970. */
  readonly readUpTo: number;
}

/** The server has counted before it heard of this client's read mark, which is further. */
const isOutdated = ({ asOf }: UnreadCount, before: UnreadState | undefined): boolean => before !== undefined && asOf <= before.readUpTo;

/**
 * Unread counts, by conversation id. The server's absolute numbers win, unless they are older than what this client has read; later messages by others count one each, until this client, or another device of its user,
 * marks them as read. Transient messages, recalled ones and the user's own don't count. A message that has been counted never counts again: counting goes by time, so repeating a
 * part of the log changes nothing.
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
          if (!isOutdated(counted, before)) set(conversationId, { count, mentioned, asOf, readUpTo: before?.readUpTo ?? 0 });
        }
        return;
      case 'Message': {
        const { conversationId, message } = event;
        const before = get(conversationId);
        if (message.from === self || message.transient || message.body._tag === 'Recalled' || message.timestamp <= (before?.asOf ?? 0))
          return;
        // A conversation that has a count is known to have one.
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

/** What the inbox knows of one conversation: how far it has come, and what has passed. */
import type { ConversationInfo } from '../../codecs/index.js';
import { comparePositions, type ConversationEvent, type Message, type Position } from '../../streams/index.js';
import type { News } from './missed-changes.js';
import { recentIds, type RecentIds } from './recent-ids.js';

export interface Cursor {
  readonly id: string;
  /** The newest message that has been passed on: the next catch-up starts behind it. */
  position: Position;
  /** The newest of all that have passed, own messages included: what is behind it has not been seen. */
  newest: Position;
  /** Ids of messages that have been passed on, and their versions: servers deliver at least once. */
  readonly seen: RecentIds;
  /** An own message of this session, and how many have come since. */
  own: { readonly at: Position; readonly session: number; readonly count: number } | undefined;
  /** The last session, counted from 1, in which nothing of this conversation is missing. */
  caughtUpIn: number;
  /** The last session in which it was looked up. */
  lookedUpIn: number;
  info: ConversationInfo | undefined;
  /** The client was told that it is out. */
  isOut: boolean;
  /** What is new of a change that is pushed, where the conversation was found changed after the last break. */
  news: News | undefined;
}

/** As many ids as can be pushed while a long catch-up is under way. */
const SEEN_AT_MOST = 2_048;
/** A message is acknowledged to its sender at most so many messages before an earlier one is pushed to him. */
const LATE = 64;

/** Nothing has passed yet; what is before the start was not missed. */
export const startCursor = (id: string, start: Position): Cursor => ({
  id,
  position: start,
  newest: start,
  seen: recentIds(SEEN_AT_MOST),
  own: undefined,
  caughtUpIn: 0,
  lookedUpIn: 0,
  info: undefined,
  isOut: false,
  news: undefined,
});

/** Moves the position, which never goes back. */
export const reach = (cursor: Cursor, position: Position): void => {
  if (comparePositions(position, cursor.position) > 0) cursor.position = position;
};

/** An own message says nothing about those of others before it, which may still be on their way; but they are not as late as all that. */
const passOwn = (cursor: Cursor, position: Position, session: number): void => {
  const { own } = cursor;
  if (own?.session !== session) cursor.own = { at: position, session, count: 0 };
  else if (own.count < LATE) cursor.own = { ...own, count: own.count + 1 };
  else {
    reach(cursor, own.at);
    cursor.own = { at: position, session, count: 0 };
  }
};

/** Notes a change; false for one that has passed: who logs in again is told of changes once more rather than not at all. A message that has come with the change is none: who had it before passes it over, and needs the change. */
const isNewVersion = (message: Message, seen: RecentIds): boolean => {
  if (message.editedAt === undefined) return true;
  const version = `${message.id} ${String(message.editedAt)}`;
  if (seen.has(version)) return false;
  seen.add(version);
  return true;
};

export interface PassOptions {
  /** The client's own id. */
  readonly self: string;
  /** Hears of each edit and recall that is passed on, or that was before. */
  readonly changed: (message: Message) => void;
}

/** Notes what passes in a session, and moves the position; false for what has passed before. */
export const pass = (cursor: Cursor, event: ConversationEvent, session: number, { self, changed }: PassOptions): boolean => {
  if (event._tag === 'Snapshot') cursor.info = event.info;
  // Who is a member no more is told of nothing: what is known is of no use when he comes back.
  if (event._tag === 'Left' && event.members.includes(self)) {
    cursor.info = undefined;
    cursor.lookedUpIn = 0;
    cursor.isOut = true;
  }
  if (event._tag === 'Edit' || event._tag === 'Recall') {
    changed(event.message);
    return isNewVersion(event.message, cursor.seen);
  }
  // What is declared missing stays so: it would come behind what is newer. The first message behind what is gone is still to come.
  if (event._tag === 'Gap') reach(cursor, { timestamp: event.cause === 'gone' ? event.to : event.to + 1, id: '' });
  if (event._tag !== 'Message' || event.message.transient) return true;
  const { message } = event;
  // Not the message itself, which would be kept for as long.
  const position: Position = { timestamp: message.timestamp, id: message.id };
  const isKnown = comparePositions(position, cursor.newest) <= 0 && cursor.seen.has(message.id);
  if (comparePositions(position, cursor.newest) > 0) cursor.newest = position;
  if (!isKnown) cursor.seen.add(message.id);
  if (event.origin === 'sent') passOwn(cursor, position, session);
  else reach(cursor, position);
  return !isKnown;
};

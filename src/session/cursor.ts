/** How far a conversation has come, and what has passed: each message once. */
import { comparePositions, type ConversationEvent, type Message, type Position } from '../../streams/index.js';
import { NOTHING_WAITS } from './fifo.js';
import type { Cursor } from './inbox-state.js';
import { hasId, NO_IDS, withId } from './recent-ids.js';

/** A message is acknowledged to its sender at most so many messages before an earlier one is pushed to him. */
const LATE = 64;

/** Nothing has passed yet; what is before the start was not missed. */
export const startCursor = (id: string, start: Position): Cursor => ({
  id,
  position: start,
  newest: start,
  seen: NO_IDS,
  own: undefined,
  caughtUpIn: 0,
  lookedUpIn: 0,
  info: undefined,
  isOut: false,
  news: undefined,
  work: undefined,
  waiting: NOTHING_WAITS,
});

const later = (a: Position, b: Position): Position => (comparePositions(b, a) > 0 ? b : a);

/** Moves the position, which never goes back. */
export const reach = (cursor: Cursor, position: Position): Cursor =>
  comparePositions(position, cursor.position) > 0 ? { ...cursor, position } : cursor;

/**
 * Where a change counts as passed: a message that has come with it is none, since who had it before passes it over,
 * and needs the change.
 */
const versionOf = ({ id, editedAt = 0 }: Message): string => `${id} ${String(editedAt)}`;

/** False for what has passed before. Transient messages always are new: nothing tells whether one came before. */
export const isNew = ({ newest, seen }: Cursor, event: ConversationEvent): boolean => {
  switch (event._tag) {
    case 'Message':
      return event.message.transient || comparePositions(event.message, newest) > 0 || !hasId(seen, event.message.id);
    case 'Edit':
    case 'Recall':
      // Who logs in again is told of changes once more rather than not at all.
      return event.message.editedAt === undefined || !hasId(seen, versionOf(event.message));
    default:
      return true;
  }
};

/**
 * An own message says nothing about messages of others before it: they may still be on their way. But they are never
 * very late: after `LATE` more own messages, everything before the first own message has arrived.
 */
const withOwn = (own: Cursor['own'], at: Position, session: number): Cursor['own'] =>
  own?.session === session && own.count < LATE ? { ...own, count: own.count + 1 } : { at, session, count: 0 };

/** The position behind a message: nothing before it is missing. An own message moves it only as `withOwn` says. */
const reachedBy = (
  { own, position }: Cursor,
  at: Position,
  origin: MessageEvent['origin'],
  session: number,
): Position => {
  if (origin !== 'sent') return later(position, at);
  return own?.session === session && own.count >= LATE ? later(position, own.at) : position;
};

/** One literal with all keys: every message passes here. */
const passMessage = (cursor: Cursor, { message, origin }: MessageEvent, isFirst: boolean, session: number): Cursor => {
  // Not the message itself, which would be kept for as long.
  const at: Position = { timestamp: message.timestamp, id: message.id };
  const { own } = cursor;
  return {
    id: cursor.id,
    position: reachedBy(cursor, at, origin, session),
    newest: later(cursor.newest, at),
    seen: isFirst ? withId(cursor.seen, at.id) : cursor.seen,
    own: origin === 'sent' ? withOwn(own, at, session) : own,
    caughtUpIn: cursor.caughtUpIn,
    lookedUpIn: cursor.lookedUpIn,
    info: cursor.info,
    isOut: cursor.isOut,
    news: cursor.news,
    work: cursor.work,
    waiting: cursor.waiting,
  };
};

type MessageEvent = Extract<ConversationEvent, { readonly _tag: 'Message' }>;

/** The cursor behind an event of a session; `isFirst` is what `isNew` says of it. */
export const passed = (
  cursor: Cursor,
  event: ConversationEvent,
  isFirst: boolean,
  session: number,
  self: string,
): Cursor => {
  switch (event._tag) {
    case 'Message':
      return event.message.transient ? cursor : passMessage(cursor, event, isFirst, session);
    case 'Edit':
    case 'Recall':
      return isFirst && event.message.editedAt !== undefined
        ? { ...cursor, seen: withId(cursor.seen, versionOf(event.message)) }
        : cursor;
    case 'Snapshot':
      return { ...cursor, info: event.info };
    case 'Left':
      // Who is a member no more is told of nothing: what is known is of no use when he comes back.
      return event.members.includes(self) ? { ...cursor, info: undefined, lookedUpIn: 0, isOut: true } : cursor;
    case 'Gap':
      // What is declared missing stays so: it would come behind what is newer. The first message behind what is gone
      // is still to come.
      return reach(cursor, { timestamp: event.cause === 'gone' ? event.to : event.to + 1, id: '' });
    default:
      return cursor;
  }
};

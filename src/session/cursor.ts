/**
 * The cursor of a conversation: the position that it has reached, and the messages that have passed. Each message
 * passes once.
 */
import type { Body } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { comparePositions, type ConversationEvent, type Message, type Position } from '../../streams/index.js';
import { NOTHING_WAITS } from './fifo.js';
import type { Cursor } from './inbox-state.js';
import { addId, hasId, noIds } from './recent-ids.js';
import { NOTHING_TOLD } from './told-once.js';

/**
 * The server acknowledges a message to its sender at most this many messages before it pushes an earlier one to him.
 */
const LATE = 64;

/** This many gaps are remembered. A message that arrives even later is in the log behind later ones. */
const GAPS = 8;

/** A new cursor: nothing has passed yet. Messages before the start were not missed. */
export const startCursor = (id: string, start: Position): Cursor => ({
  id,
  position: start,
  newest: start,
  seen: noIds(),
  gaps: [],
  own: undefined,
  caughtUpIn: 0,
  lookedUpIn: 0,
  info: undefined,
  isOut: false,
  isCounted: false,
  news: undefined,
  told: NOTHING_TOLD,
  work: undefined,
  waiting: NOTHING_WAITS,
  lostUpTo: undefined,
});

const later = (a: Position, b: Position): Position => (comparePositions(b, a) > 0 ? b : a);

/** Only the position of a message, without the message. */
export const placeOf = ({ timestamp, id }: Position): Position => ({ timestamp, id });

/** Moves the position forward. It never goes back. */
export const reach = (cursor: Cursor, position: Position): Cursor =>
  comparePositions(position, cursor.position) > 0 ? { ...cursor, position } : cursor;

const digestOf = (body: Body): number => {
  let digest = 0;
  for (const char of JSON.stringify(body)) digest = (Math.imul(digest, 31) + (char.codePointAt(0) ?? 0)) | 0;
  return digest;
};

/**
 * The version of a message, which tells whether a change has passed. A message may change twice in one millisecond.
 * The arrival of a changed message does not count as its change: a client that has the message already skips it, and
 * still needs the change.
 */
const versionOf = ({ id, editedAt = 0, body }: Message): string =>
  `${id} ${String(editedAt)} ${String(digestOf(body))}`;

/** Whether the message was reported as missing. An own message is, if its acknowledgement comes after the gap. */
const isMissing = (gaps: Cursor['gaps'], message: Message): boolean =>
  gaps.some(({ from, to }) => message.timestamp <= to && comparePositions(message, from) > 0);

/**
 * False if the event has passed before, or was reported as missing before later messages passed. Transient messages
 * are always new: they have no id by which a repetition could be noticed.
 */
export const isNew = ({ gaps, newest, seen }: Cursor, event: ConversationEvent): boolean => {
  switch (event._tag) {
    case 'Message': {
      const { message } = event;
      if (message.transient || comparePositions(message, newest) > 0) return true;
      return !hasId(seen, message.id) && !isMissing(gaps, message);
    }
    case 'Edit':
    case 'Recall':
      // After a new login a change may come twice. That is better than not at all.
      return event.message.editedAt === undefined || !hasId(seen, versionOf(event.message));
    default:
      return true;
  }
};

/**
 * An own message may be acknowledged before earlier messages of others arrive. So the position follows it only after
 * `LATE` more messages.
 */
const withOwn = (own: Cursor['own'], at: Position, session: number): Cursor['own'] =>
  own?.session === session && own.count < LATE ? { ...own, count: own.count + 1 } : { at, session, count: 0 };

/**
 * In place, because every message passes here: a new cursor for each would cost more than all other work. The position
 * moves behind the message: nothing before it is missing. An own message moves it only as `withOwn` says.
 */
const passMessage = (
  cursor: Cursor,
  { message, origin }: MessageEvent,
  isFirst: boolean,
  session: number,
  clock: Pick<Clock, 'elapsed'>,
): void => {
  const { own, position } = cursor;
  if (origin === 'sent') {
    if (own?.session === session && own.count >= LATE) cursor.position = later(position, own.at);
    cursor.own = withOwn(own, placeOf(message), session);
  } else cursor.position = later(position, message);
  cursor.newest = later(cursor.newest, message);
  if (isFirst) addId(cursor.seen, message.id, clock);
};

type MessageEvent = Extract<ConversationEvent, { readonly _tag: 'Message' }>;

/** The cursor after an event of a session: the same one after a message. `isFirst` is the result of `isNew` for it. */
export const passed = (
  cursor: Cursor,
  event: ConversationEvent,
  isFirst: boolean,
  session: number,
  self: string,
  clock: Pick<Clock, 'elapsed'>,
): Cursor => {
  switch (event._tag) {
    case 'Message':
      if (!event.message.transient) passMessage(cursor, event, isFirst, session, clock);
      return cursor;
    case 'Edit':
    case 'Recall':
      // What was changed or recalled is not kept. Its place is the known one: the change may come without it.
      if (cursor.position.id === event.message.id) cursor.position = placeOf(cursor.position);
      if (cursor.newest.id === event.message.id) cursor.newest = placeOf(cursor.newest);
      if (isFirst && event.message.editedAt !== undefined) addId(cursor.seen, versionOf(event.message), clock);
      return cursor;
    case 'Snapshot':
      return { ...cursor, info: event.info };
    case 'Left':
      // A client that is not a member gets no events. So the known snapshot is out of date when the client joins
      // again.
      return event.members.includes(self)
        ? { ...cursor, info: undefined, lookedUpIn: 0, isOut: true, isCounted: false }
        : cursor;
    case 'Gap':
      // Messages that are reported as missing are not passed on later: they would come after newer ones. After a gap
      // of deleted messages, the first message behind the gap is still to come.
      return reach(
        { ...cursor, gaps: [...cursor.gaps.slice(1 - GAPS), { from: event.from, to: event.to }] },
        { timestamp: event.cause === 'gone' ? event.to : event.to + 1, id: '' },
      );
    default:
      return cursor;
  }
};

/** A step in progress: the functions with which its parts change the state. */
import type { ClientEvent, ConversationEvent } from '../../streams/index.js';
import type { RealtimeError } from '../errors.js';
import { isNew, passed, startCursor } from './cursor.js';
import type { Cursor, Effect, Making, Session } from './inbox-state.js';

/**
 * Passes an entry on. An array that starts with one entry has room for one. An empty array that grows gets room
 * for 17, and every message would pay for it.
 */
export const emit = (making: Making, event: ClientEvent): void => {
  if (making.out.length === 0) making.out = [event];
  else making.out.push(event);
};

/** Asks for an effect. */
export const want = (making: Making, effect: Effect): void => {
  if (making.effects.length === 0) making.effects = [effect];
  else making.effects.push(effect);
};

/** Stores a cursor in place of the previous one. */
export const keep = ({ state }: Making, cursor: Cursor): Cursor => {
  state.cursors.set(cursor.id, cursor);
  return cursor;
};

export const withSession = (making: Making, change: Partial<Session>): void => {
  const { cursors, sends, session } = making.state;
  making.state = { cursors, sends, session: { ...session, ...change } };
};

export const cursorOf = (making: Making, id: string): Cursor => {
  const { cursors, session } = making.state;
  return cursors.get(id) ?? keep(making, startCursor(id, { timestamp: session.baseline, id: '' }));
};

/** Passes an event on if it is new. The position moves before anybody sees the event. */
export const admit = (making: Making, cursor: Cursor, event: ConversationEvent): Cursor => {
  const { state, policy, environment } = making;
  const isFirst = isNew(cursor, event);
  const next = passed(cursor, event, isFirst, state.session.number, policy.self, environment.clock);
  if (next !== cursor) keep(making, next);
  if (isFirst) emit(making, event);
  if (event._tag === 'Edit' || event._tag === 'Recall') want(making, { _tag: 'Changed', message: event.message });
  return next;
};

/** Reports that a conversation could not be looked up or caught up. */
export const report = (making: Making, conversationId: string, error: RealtimeError): void => {
  want(making, { _tag: 'Report', conversationId, error });
};

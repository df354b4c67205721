/** Values for tests. */
import { text, type ConversationInfo } from '../codecs/index.js';
import type { Message } from '../streams/index.js';

/**
 * A message: Jerry says "squeak" in conversation `c` at 1 ms. Its id is made from its time.
 *
 * @example
 * hot('a-b', { a: message(), b: message({ from: 'Tom', body: text('Wake up!'), timestamp: 2 }) }).pipe(myOperator());
 */
export const message = (change: Partial<Message> = {}): Message => ({
  id: `m${change.timestamp ?? 1}`,
  conversationId: 'c',
  from: 'Jerry',
  timestamp: 1,
  body: text('squeak'),
  transient: false,
  mentions: [],
  mentionsAll: false,
  mentioned: false,
  ...change,
});

/**
 * A conversation: `c`, named "Cheese", created by Tom for Tom and Jerry. Chat rooms and system conversations have no
 * members.
 *
 * @example conversation({ id: 'lobby', kind: 'room' });
 */
export const conversation = (change: Partial<ConversationInfo> = {}): ConversationInfo => ({
  id: 'c',
  kind: 'ordinary',
  name: 'Cheese',
  creator: 'Tom',
  ...(change.kind === 'room' || change.kind === 'system' ? {} : { members: ['Tom', 'Jerry'] }),
  attributes: {},
  ...change,
});

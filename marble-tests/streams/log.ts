/** Entries of a client's log, for diagrams. */
import type { ConversationInfo } from '../../codecs/index.js';
import type { ClientEvent, Message } from '../../streams/index.js';
import { conversation, message } from '../../testing/fixtures.js';

export { conversation, message };

type MessageEvent = Extract<ClientEvent, { _tag: 'Message' }>;

export const arrived = (change: Partial<Message> = {}, origin: MessageEvent['origin'] = 'live'): MessageEvent => {
  const arrival = message(change);
  return { _tag: 'Message', conversationId: arrival.conversationId, message: arrival, origin };
};

export const counted = (
  count: number,
  asOf: number,
  change: { readonly conversationId?: string; readonly mentioned?: boolean } = {},
): ClientEvent => ({
  _tag: 'UnreadCounts',
  counts: [{ conversationId: 'c', count, mentioned: false, asOf, ...change }],
});

export const read = (at: number, conversationId = 'c'): ClientEvent => ({ _tag: 'ReadMark', conversationId, at });

export const receipt = (kind: 'delivered' | 'read', at: number, conversationId = 'c'): ClientEvent => ({
  _tag: 'Receipt',
  conversationId,
  kind,
  at,
});

export const snapshot = (change: Partial<ConversationInfo> = {}): ClientEvent => {
  const info = conversation(change);
  return { _tag: 'Snapshot', conversationId: info.id, info };
};

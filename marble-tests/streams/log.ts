/** Entries of a client's log, for diagrams. */
import type { ConversationInfo } from '../../codecs/index.js';
import type { ClientEvent, Message } from '../../streams/index.js';

export const message = (change: Partial<Message> = {}): Message => ({
  id: `m${change.timestamp ?? 1}`,
  conversationId: 'c',
  from: 'Jerry',
  timestamp: 1,
  body: { _tag: 'Text', text: 'squeak' },
  transient: false,
  mentions: [],
  mentionsAll: false,
  mentioned: false,
  ...change,
});

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

export const conversation = (change: Partial<ConversationInfo> = {}): ConversationInfo => ({
  id: 'c',
  kind: 'ordinary',
  name: 'Cheese',
  creator: 'Tom',
  members: ['Tom', 'Jerry'],
  attributes: {},
  ...change,
});

export const snapshot = (change: Partial<ConversationInfo> = {}): ClientEvent => {
  const info = conversation(change);
  return { _tag: 'Snapshot', conversationId: info.id, info };
};

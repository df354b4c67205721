/** Entries of a log, for the subjects. */
import type { ClientEvent, ConversationEvent, Message, Modification } from 'rx-realtime/streams';

export const SELF = 'reader';
export const WRITER = 'writer';
export const HERE = 'conversation';
const EPOCH = Date.UTC(2030, 0);

export const at = (number: number): number => EPOCH + number;
export const idOf = (number: number): string => `conversation-${String(number).padStart(6, '0')}`;

export const message = (number: number, conversationId = HERE, from = WRITER): Message => ({
  id: `message-${String(number).padStart(6, '0')}`,
  conversationId,
  from,
  timestamp: at(number),
  body: { _tag: 'Text', text: `text ${String(number)}` },
  transient: false,
  mentions: [],
  mentionsAll: false,
  mentioned: false,
});

type Entry<Tag extends ClientEvent['_tag']> = Extract<ConversationEvent, { readonly _tag: Tag }>;

export const arrived = (number: number, conversationId = HERE): Entry<'Message'> => ({
  _tag: 'Message',
  conversationId,
  message: message(number, conversationId),
  origin: 'live',
});

export const edited = (number: number, conversationId = HERE): Modification => ({
  _tag: 'Edit',
  conversationId,
  message: { ...message(number, conversationId), editedAt: at(number) + 1, body: { _tag: 'Text', text: 'edited' } },
});

export const sent = (number: number): Entry<'Message'> => ({
  _tag: 'Message',
  conversationId: HERE,
  message: message(number, HERE, SELF),
  origin: 'sent',
});

export const outgoingEntry = (number: number, isSent: boolean): Entry<'Outgoing'> => ({
  _tag: 'Outgoing',
  conversationId: HERE,
  token: `token-${String(number)}`,
  body: { _tag: 'Text', text: 'hello' },
  at: at(number),
  progress: isSent ? { _tag: 'sent', message: message(number, HERE, SELF) } : { _tag: 'sending' },
});

export const receipt = (number: number, kind: 'delivered' | 'read', isNamed = true): Entry<'Receipt'> => ({
  _tag: 'Receipt',
  conversationId: HERE,
  kind,
  at: at(number),
  from: WRITER,
  ...(isNamed ? { messageId: message(number).id } : {}),
});

export const snapshot = (number: number): Entry<'Snapshot'> => ({
  _tag: 'Snapshot',
  conversationId: idOf(number),
  info: {
    id: idOf(number),
    kind: 'ordinary',
    members: [SELF, WRITER],
    createdAt: at(number),
    attributes: {},
  },
});

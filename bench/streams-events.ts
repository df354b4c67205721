/** The log entries that go through derived streams. */
import {
  text,
  type ConversationEvent,
  type Membership,
  type Message,
  type Modification,
  type Outgoing,
  type Position,
} from 'rx-realtime';

export const CONVERSATIONS = 100;
export const SELF = 'reader';

export type MessageEvent = Extract<ConversationEvent, { readonly _tag: 'Message' }>;

export const nameOf = (index: number): string => `conversation-${index}`;
/** The names are made before, so that making them is not measured. */
const names = Array.from({ length: CONVERSATIONS }, (_, index) => nameOf(index));
const nameAt = (index: number): string => names[index % CONVERSATIONS] ?? '';
export const WATCHED = nameAt(0);

const hello = text('hello');

/** The first message has time 1, so that time 0 is before all messages. */
export const messageOf = (number: number, conversationId: string): Message => ({
  id: `message-${number}`,
  timestamp: number + 1,
  conversationId,
  from: 'sender',
  body: hello,
  transient: false,
  mentions: [],
  mentionsAll: false,
  mentioned: false,
});

export const numberOf = ({ timestamp }: Pick<Position, 'timestamp'>): number => timestamp - 1;

/** Messages that go to all conversations in turn. */
export const messageEvent = (number: number): MessageEvent => {
  const conversationId = nameAt(number);
  return { _tag: 'Message', conversationId, message: messageOf(number, conversationId), origin: 'live' };
};

export const editEvent = (number: number): Modification => {
  const { conversationId, message } = messageEvent(number);
  return { _tag: 'Edit', conversationId, message: { editedAt: 1, ...message } };
};

export const receiptEvent = (at: number): Extract<ConversationEvent, { readonly _tag: 'Receipt' }> => ({
  _tag: 'Receipt',
  conversationId: nameAt(at),
  kind: 'delivered',
  at,
});

export const joinedEvent = (number: number): Membership => ({
  _tag: 'Joined',
  conversationId: nameAt(number),
  members: ['sender'],
});

export const snapshotEvent = (number: number): Extract<ConversationEvent, { readonly _tag: 'Snapshot' }> => {
  const id = nameAt(number);
  return { _tag: 'Snapshot', conversationId: id, info: { id, kind: 'ordinary', attributes: { topic: 'cats' } } };
};

export const attributesEvent = (number: number): Extract<ConversationEvent, { readonly _tag: 'Attributes' }> => ({
  _tag: 'Attributes',
  conversationId: nameAt(number),
  changed: { level: number },
});

/** An own message that is being sent, or is stored. */
export const outgoingEvent = (number: number, progress: 'sending' | 'sent'): Outgoing => {
  const { conversationId, message } = messageEvent(number);
  return {
    _tag: 'Outgoing',
    conversationId,
    token: message.id,
    body: hello,
    at: number,
    progress: progress === 'sending' ? { _tag: 'sending' } : { _tag: 'sent', message },
  };
};

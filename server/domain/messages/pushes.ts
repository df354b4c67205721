/** Messages in the form in which clients get them. */
import { defined } from '../../../codecs/defined.js';
import {
  toStored,
  type ConversationKind,
  type LogItem,
  type PatchItem,
  type ServerCommand,
} from '../../../codecs/index.js';
import { convTypeOf } from '../conversations/for-all-clients.js';
import type { StoredMessage } from '../records.js';
import { bodyOf } from './body.js';
import { RECALLED } from './history.js';

/** Only values that are true or not empty are on the wire. */
const mentionsOf = ({ mentions, mentionsAll }: StoredMessage): { mentionPids?: string[]; mentionAll?: true } =>
  defined({ mentionPids: mentions.length === 0 ? undefined : [...mentions], mentionAll: mentionsAll || undefined });

/** How a message is delivered. */
export interface Sending {
  /** The kind of its conversation. */
  readonly kind?: ConversationKind | undefined;
  readonly transient?: boolean;
  /** The client has missed it. */
  readonly offline?: boolean;
  /** There are older missed messages. */
  readonly hasMore?: boolean;
  readonly priority?: number;
}

/** A message as its receivers get it. */
export const directPush = (
  message: StoredMessage,
  { kind, transient, offline, hasMore, priority }: Sending = {},
): ServerCommand => ({
  cmd: 'direct',
  ...defined({ priority }),
  directMessage: {
    id: message.id,
    cid: message.conversationId,
    fromPeerId: message.from,
    timestamp: message.timestamp,
    ...convTypeOf(kind),
    ...defined({
      patchTimestamp: message.editedAt,
      r: message.receipt || undefined,
      transient: transient === true || undefined,
      offline: offline === true || undefined,
      hasMore: hasMore === true || undefined,
    }),
    ...bodyOf(message),
    ...mentionsOf(message),
  },
});

/** A changed message in the form in which clients get it. */
const patchItem = (message: StoredMessage): PatchItem => {
  const { id, conversationId, from, timestamp, editedAt = timestamp, type, msg, binaryMsg } = message;
  return {
    cid: conversationId,
    mid: id,
    from,
    timestamp,
    patchTimestamp: editedAt,
    recall: type === RECALLED,
    ...defined({ data: msg, binaryMsg }),
    ...mentionsOf(message),
  };
};

/** The push of changed messages. */
export const patchPush = (messages: readonly StoredMessage[]): ServerCommand => ({
  cmd: 'patch',
  op: 'modify',
  patchMessage: { patches: messages.map(patchItem) },
});

/** A message of the history of a conversation of this kind. */
export const logItem = (message: StoredMessage, kind: ConversationKind): LogItem => {
  const { id, timestamp, editedAt, from, deliveredAt, readAt } = message;
  return {
    msgId: id,
    timestamp,
    from,
    ...convTypeOf(kind),
    ...defined({ patchTimestamp: editedAt, ackAt: deliveredAt, readAt }),
    ...toStored(message),
    ...mentionsOf(message),
  };
};

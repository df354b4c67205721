import { toStored } from '../../codecs/index.js';
import type { StoredMessage } from '../domain/records.js';

/** A message in the form of the vendor's HTTP API. `to` names the only clients that get it. */
export const restForm = (message: StoredMessage, isRoom: boolean): Readonly<Record<string, unknown>> => {
  const { id, conversationId, from, to, timestamp, editedAt, deliveredAt, readAt, mentionsAll } = message;
  const { data = '', bin = false } = toStored(message);
  return {
    'msg-id': id,
    'conv-id': conversationId,
    from,
    ...(to === undefined ? {} : { to }),
    data,
    bin,
    timestamp,
    'is-conv': !isRoom,
    'is-room': isRoom,
    'mention-client-ids': message.mentions,
    'mention-all': mentionsAll,
    ...(editedAt === undefined ? {} : { 'patch-timestamp': editedAt }),
    ...(deliveredAt === undefined ? {} : { 'ack-at': deliveredAt }),
    ...(readAt === undefined ? {} : { 'read-at': readAt }),
  };
};

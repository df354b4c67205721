/** Messages as clients get them. */
import type { PatchItem, ServerCommand } from '../../codecs/index.js';
import type { StoredMessage } from '../store/store.js';
import { bodyOf } from './body.js';

const RECALLED = -127;

/** A message as its receivers get it. */
export const directPush = (
  message: StoredMessage,
  how: { readonly transient?: boolean; readonly offline?: boolean; readonly hasMore?: boolean; readonly priority?: number } = {},
): ServerCommand => {
  const { id, conversationId, from, timestamp, editedAt, receipt, mentions, mentionsAll } = message;
  const { priority, ...flags } = how;
  return {
    cmd: 'direct',
    ...(priority === undefined ? {} : { priority }),
    directMessage: {
      id,
      cid: conversationId,
      fromPeerId: from,
      timestamp,
      ...(editedAt === undefined ? {} : { patchTimestamp: editedAt }),
      ...bodyOf(message),
      ...(receipt ? { r: true } : {}),
      ...Object.fromEntries(Object.entries(flags).filter(([, set]) => set)),
      ...(mentions.length === 0 ? {} : { mentionPids: [...mentions] }),
      ...(mentionsAll ? { mentionAll: true } : {}),
    },
  };
};

/** A changed message as clients are told of it. */
export const patchItem = (message: StoredMessage): PatchItem => {
  const { id, conversationId, from, timestamp, editedAt = timestamp, type, mentions, mentionsAll, msg, binaryMsg } = message;
  return {
    cid: conversationId,
    mid: id,
    from,
    timestamp,
    patchTimestamp: editedAt,
    recall: type === RECALLED,
    ...(msg === undefined ? {} : { data: msg }),
    ...(binaryMsg === undefined ? {} : { binaryMsg }),
    ...(mentions.length === 0 ? {} : { mentionPids: [...mentions] }),
    ...(mentionsAll ? { mentionAll: true } : {}),
  };
};

/** What is stored, as clients get it. */
import { toStored, type LogItem, type PatchItem, type ServerCommand } from '../../codecs/index.js';
import { unreadBy, type Held, type StoredMessage } from './memory.js';

const mentionsOf = ({ mentions, mentionsAll }: StoredMessage) => ({
  ...(mentions.length === 0 ? {} : { mentionPids: [...mentions] }),
  ...(mentionsAll ? { mentionAll: true } : {}),
});

const editOf = ({ editedAt }: StoredMessage) => (editedAt === undefined ? {} : { patchTimestamp: editedAt });

export const directPush = (
  message: StoredMessage,
  { transient = false, offline = false }: { readonly transient?: boolean; readonly offline?: boolean },
): ServerCommand => ({
  cmd: 'direct',
  directMessage: {
    cid: message.conversationId,
    id: message.id,
    fromPeerId: message.from,
    timestamp: message.timestamp,
    ...message.content,
    ...mentionsOf(message),
    ...editOf(message),
    ...(message.receipt ? { r: true } : {}),
    ...(transient ? { transient } : {}),
    ...(offline ? { offline } : {}),
  },
});

export const logItem = (message: StoredMessage): LogItem => ({
  msgId: message.id,
  timestamp: message.timestamp,
  from: message.from,
  ...toStored(message.content),
  ...mentionsOf(message),
  ...editOf(message),
});

const patchItem = (message: StoredMessage): PatchItem => {
  const { conversationId, id, from, timestamp, editedAt = timestamp, isRecalled, content } = message;
  const { msg, binaryMsg } = content;
  return {
    cid: conversationId,
    mid: id,
    from,
    timestamp,
    patchTimestamp: editedAt,
    recall: isRecalled,
    ...(msg === undefined ? {} : { data: msg }),
    ...(binaryMsg === undefined ? {} : { binaryMsg }),
    ...mentionsOf(message),
  };
};

export const patchPush = (messages: readonly StoredMessage[]): ServerCommand => ({
  cmd: 'patch',
  op: 'modify',
  patchMessage: { patches: messages.map(patchItem) },
});

/** How much of each conversation a client has not read. */
export const unreadPush = (conversations: readonly Held[], clientId: string, now: number): ServerCommand => ({
  cmd: 'unread',
  unreadMessage: {
    convs: conversations.map((held) => {
      const unread = unreadBy(held, clientId);
      const last = held.messages.at(-1);
      return {
        cid: held.info.id,
        unread: unread.length,
        mentioned: unread.some(({ mentions, mentionsAll }) => mentionsAll || mentions.includes(clientId)),
        ...(last === undefined ? {} : { mid: last.id, timestamp: last.timestamp, from: last.from }),
      };
    }),
    notifTime: now,
  },
});

/** Unread counts in the form in which clients get them. */
import { defined } from '../../../codecs/defined.js';
import type { ServerCommand } from '../../../codecs/index.js';
import { convTypeOf } from '../conversations/for-all-clients.js';
import type { StoredMessage, UnreadSummary } from '../records.js';

const lastOf = ({ id, timestamp, editedAt, from, msg, binaryMsg }: StoredMessage) => ({
  mid: id,
  timestamp,
  from,
  ...defined({ patchTimestamp: editedAt, data: msg, binaryMsg }),
});

const tuple = ({ conversationId, kind, count, mentioned, last }: UnreadSummary) => ({
  cid: conversationId,
  unread: count,
  mentioned,
  ...convTypeOf(kind),
  ...(last === undefined ? {} : lastOf(last)),
});

/** Absolute unread counts, each with the newest message of its conversation. */
export const unreadPush = (summaries: readonly UnreadSummary[], now: number): ServerCommand => ({
  cmd: 'unread',
  unreadMessage: { convs: summaries.map(tuple), notifTime: now },
});

/** Messages are changed, and taken back. */
import { defined } from '../../../codecs/defined.js';
import type { Modified, StoredEdit, StoredMessage } from '../records.js';
import { RECALLED } from './history.js';

const recalledBody = JSON.stringify({ _lctype: RECALLED });

const edited = (before: StoredMessage, { recall, mentions, mentionsAll, type, msg, binaryMsg, now }: StoredEdit): StoredMessage => {
  const { id, conversationId, from, to, timestamp, receipt, deliveredAt, readAt } = before;
  return {
    id,
    conversationId,
    from,
    timestamp,
    receipt,
    ...defined({ to, deliveredAt, readAt }),
    ...(recall
      ? { mentions: [], mentionsAll: false, type: RECALLED, msg: recalledBody }
      : { mentions, mentionsAll, ...defined({ type, msg, binaryMsg }) }),
    editedAt: Math.max(now, (before.editedAt ?? -Infinity) + 1),
  };
};

/** What becomes of a message by an edit or a recall. A recalled message stays recalled; only its sender may change a message, and the back end, which is nobody. */
export const applyEdit = (
  before: StoredMessage | undefined,
  edit: StoredEdit,
): Exclude<Modified, { _tag: 'Modified' }> | { readonly _tag: 'Modified'; readonly message: StoredMessage } => {
  if (before === undefined || (before.type === RECALLED && !edit.recall)) return { _tag: 'Missing' };
  if (edit.by !== undefined && before.from !== edit.by) return { _tag: 'Foreign' };
  return { _tag: 'Modified', message: edited(before, edit) };
};

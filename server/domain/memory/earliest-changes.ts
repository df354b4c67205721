import type { StoredMessage } from '../records.js';
import type { ConversationLog } from './conversation-log.js';

/** The earliest changes in several conversations, earliest first, at most `limit`. */
export const earliestChanges = (
  logs: readonly ConversationLog[],
  since: number,
  limit: number,
  changesIn: (log: ConversationLog) => readonly StoredMessage[],
): readonly StoredMessage[] => {
  const earliest = (messages: readonly StoredMessage[]): readonly StoredMessage[] =>
    messages.toSorted((a, b) => (a.editedAt ?? 0) - (b.editedAt ?? 0)).slice(0, limit);
  let found: readonly StoredMessage[] = [];
  for (const log of logs) {
    if ((log.modifiedAt() ?? -Infinity) < since) continue;
    found = found.concat(changesIn(log));
    // Sorted in between, so that many conversations don't fill the memory.
    if (found.length > 20 * limit) found = earliest(found);
  }
  return earliest(found);
};

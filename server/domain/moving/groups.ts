import type { StoredMessage } from '../records.js';

/** The messages of each conversation, each id once, in the order in which they come. */
export const byConversation = (given: readonly StoredMessage[]): ReadonlyMap<string, readonly StoredMessage[]> => {
  const groups = new Map<string, Map<string, StoredMessage>>();
  for (const message of given) {
    const group = groups.get(message.conversationId) ?? new Map<string, StoredMessage>();
    groups.set(message.conversationId, group);
    if (!group.has(message.id)) group.set(message.id, message);
  }
  return new Map([...groups].map(([id, group]) => [id, [...group.values()]]));
};

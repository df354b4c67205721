/** What the snapshot of a conversation calls them, and what the protocol does. */
const FIELDS: Readonly<Record<string, string>> = {
  id: 'objectId',
  creator: 'c',
  members: 'm',
  mutedMembers: 'mu',
  lastMessageAt: 'lm',
};

/**
 * The protocol's name of a key: `id`, `name`, `creator`, `members`, `mutedMembers`, `unique`, `createdAt`,
 * `updatedAt` and `lastMessageAt` are those of a snapshot, all others are attributes; dots lead into nested ones.
 */
export const wireKey = (key: string): string => (Object.hasOwn(FIELDS, key) ? (FIELDS[key] ?? key) : key);

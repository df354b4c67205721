/** Names of a snapshot's fields, and the protocol's names for them. */
const FIELDS: Readonly<Record<string, string>> = {
  id: 'objectId',
  creator: 'c',
  members: 'm',
  mutedMembers: 'mu',
  lastMessageAt: 'lm',
};

/**
 * The protocol's name for a key. `id`, `name`, `creator`, `members`, `mutedMembers`, `unique`, `createdAt`,
 * `updatedAt` and `lastMessageAt` are fields of a snapshot; all other keys are attributes. Dots lead into nested
 * attributes.
 */
export const wireKey = (key: string): string => (Object.hasOwn(FIELDS, key) ? (FIELDS[key] ?? key) : key);

/** What has changed about a conversation during a break, as far as it can be seen afterwards. */
import { dequal } from 'dequal';
import type { ConversationInfo } from '../../codecs/index.js';
import { withAttributes, type ConversationEvent, type Membership } from '../../streams/index.js';

type Attributes = ConversationInfo['attributes'];

/** Those of the one list that are not in the other. */
const without = (members: readonly string[], others: readonly string[]): readonly string[] => {
  const excluded = new Set(others);
  return members.filter((member) => !excluded.has(member));
};

const attributesOf = ({ attributes, name }: ConversationInfo): Attributes => (name === undefined ? attributes : { ...attributes, name });

const changedAttributes = (before: ConversationInfo, after: ConversationInfo): readonly ConversationEvent[] => {
  const [old, now] = [attributesOf(before), attributesOf(after)];
  const changed = Object.entries(now).filter(([key, value]) => !Object.hasOwn(old, key) || !dequal(old[key], value));
  const removed = without(Object.keys(old), Object.keys(now));
  if (changed.length === 0 && removed.length === 0) return [];
  return [
    {
      _tag: 'Attributes',
      conversationId: after.id,
      changed: Object.fromEntries(changed),
      ...(removed.length === 0 ? {} : { removed }),
      ...(after.updatedAt === undefined ? {} : { at: after.updatedAt }),
    },
  ];
};

const changedMembers = ({ members: before }: ConversationInfo, { id, members: after }: ConversationInfo): readonly ConversationEvent[] => {
  if (before === undefined || after === undefined) return [];
  const [joined, left] = [without(after, before), without(before, after)];
  return [
    ...(joined.length === 0 ? [] : [{ _tag: 'Joined', conversationId: id, members: joined } as const]),
    ...(left.length === 0 ? [] : [{ _tag: 'Left', conversationId: id, members: left } as const]),
  ];
};

/** The entries of the log that lead from what was known of a conversation to what it is now: nobody can tell by whom, nor what was undone again. */
export const changesBetween = (before: ConversationInfo, after: ConversationInfo): readonly ConversationEvent[] => [
  ...changedMembers(before, after),
  ...changedAttributes(before, after),
];

const membersOf = (changes: readonly ConversationEvent[], tag: 'Joined' | 'Left'): Set<string> =>
  new Set(changes.flatMap((change) => (change._tag === tag ? change.members : [])));

/** Passes an entry on, or what of it has not been told; `undefined` where that is nothing. */
export type News = (event: ConversationEvent) => ConversationEvent | undefined;

/**
 * A change that is pushed while the conversation is being looked up may have been seen there, and was told then: it is not told again. `changes` are those that were told, `after` is the conversation as it was seen, where it was.
 */
export const newsAfter = (changes: readonly ConversationEvent[], after?: ConversationInfo): News => {
  const joined = membersOf(changes, 'Joined');
  const left = membersOf(changes, 'Left');
  /** What is told of these, without those of whom it was told already; the contrary of it is news again. */
  const untold = (event: Membership, told: Set<string>, contrary: Set<string>): Membership | undefined => {
    for (const member of event.members) contrary.delete(member);
    const members = event.members.filter((member) => !told.delete(member));
    return members.length === 0 ? undefined : { ...event, members };
  };
  let seen = changes.some(({ _tag }) => _tag === 'Attributes') ? after : undefined;
  return (event) => {
    if (event._tag === 'Joined') return untold(event, joined, left);
    if (event._tag === 'Left') return untold(event, left, joined);
    if (event._tag !== 'Attributes' || seen === undefined) return event;
    const { changed, removed = [] } = event;
    if (dequal(withAttributes(seen, { changed, removed }), seen)) return undefined;
    seen = undefined;
    return event;
  };
};

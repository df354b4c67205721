/** The changes of a conversation during a break, as far as they can be seen afterwards. */
import { dequal } from 'dequal';
import type { ConversationInfo } from '../../codecs/index.js';
import { withAttributes, type ConversationEvent, type Membership } from '../../streams/index.js';

type Attributes = ConversationInfo['attributes'];

/** The server does not tell the members of chat rooms and system conversations. */
export const hasMembers = ({ kind }: ConversationInfo): boolean => kind === 'ordinary' || kind === 'temporary';

export const isMember = ({ members = [] }: ConversationInfo, self: string): boolean => members.includes(self);

/**
 * Whether an entry says that this client left, or may join again. Then there is nothing to look up, and the client
 * can't have missed anything.
 */
export const isOutside = (event: ConversationEvent, self: string): boolean =>
  (event._tag === 'Left' || event._tag === 'Blocked' || event._tag === 'Unblocked') && event.members.includes(self);

/** The members of the first list that are not in the second. */
const without = (members: readonly string[], others: readonly string[]): readonly string[] => {
  const excluded = new Set(others);
  return members.filter((member) => !excluded.has(member));
};

const attributesOf = ({ attributes, name }: ConversationInfo): Attributes =>
  name === undefined ? attributes : { ...attributes, name };

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

const changedMembers = (
  { members: before }: ConversationInfo,
  { id, members: after }: ConversationInfo,
): readonly ConversationEvent[] => {
  if (before === undefined || after === undefined) return [];
  const [joined, left] = [without(after, before), without(before, after)];
  return [
    ...(joined.length === 0 ? [] : [{ _tag: 'Joined', conversationId: id, members: joined } as const]),
    ...(left.length === 0 ? [] : [{ _tag: 'Left', conversationId: id, members: left } as const]),
  ];
};

/**
 * The entries of the log that lead from the old snapshot of a conversation to the new one. They can't say who made a
 * change, and changes that were undone are not included.
 */
export const changesBetween = (before: ConversationInfo, after: ConversationInfo): readonly ConversationEvent[] => [
  ...changedMembers(before, after),
  ...changedAttributes(before, after),
];

const membersOf = (changes: readonly ConversationEvent[], tag: 'Joined' | 'Left'): readonly string[] =>
  changes.flatMap((change) => (change._tag === tag ? change.members : []));

/** The changes that were found after a break and are in the log already. The server may push them as well. */
export interface News {
  readonly joined: readonly string[];
  readonly left: readonly string[];
  /** The snapshot, if its attributes are in the log and no push has changed them since. */
  readonly seen: ConversationInfo | undefined;
}

/** `changes` are the entries in the log; `after` is the snapshot, if there is one. */
export const newsAfter = (changes: readonly ConversationEvent[], after?: ConversationInfo): News => ({
  joined: membersOf(changes, 'Joined'),
  left: membersOf(changes, 'Left'),
  seen: changes.some(({ _tag }) => _tag === 'Attributes') ? after : undefined,
});

/** An entry without its known parts (`undefined` if nothing is left), and the known changes from now on. */
export interface Untold {
  readonly event: ConversationEvent | undefined;
  readonly news: News;
}

const untoldMembers = (event: Membership, told: readonly string[]): Membership | undefined => {
  const members = without(event.members, told);
  return members.length === 0 ? undefined : { ...event, members };
};

/**
 * Removes the known parts of a pushed entry. A change that is pushed while the conversation is being looked up may be
 * in the look-up's answer, and so in the log already. It is skipped once. A push of the opposite change is new.
 */
export const untold = (news: News, event: ConversationEvent): Untold => {
  switch (event._tag) {
    case 'Joined':
    case 'Left': {
      const rest = { ...news, joined: without(news.joined, event.members), left: without(news.left, event.members) };
      return { event: untoldMembers(event, event._tag === 'Joined' ? news.joined : news.left), news: rest };
    }
    case 'Attributes': {
      if (news.seen === undefined) return { event, news };
      const { changed, removed = [] } = event;
      const isSeen = dequal(withAttributes(news.seen, { changed, removed }), news.seen);
      return isSeen ? { event: undefined, news } : { event, news: { ...news, seen: undefined } };
    }
    default:
      return { event, news };
  }
};

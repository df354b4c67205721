/** The conversations that the memory store holds, and how they are found: by member, by kind, by unique members. */
import type { ConversationInfo, ConversationKind } from '../../../codecs/index.js';
import { whereKind } from '../query/where.js';
import type { ConversationDraft, ConversationSearch } from '../records.js';
import { Refusal } from '../refusal.js';
import { byActivity, type ByActivity } from './by-activity.js';
import { byMessage, type ByMessage } from './by-message.js';
import { endOf, held, lastMessageAtOf, uniqueKey, type HeldConversation } from './held-conversation.js';
import type { KeptByKind } from './retention.js';

export interface HeldConversations {
  /** A conversation that exists and has not ended. */
  readonly find: (id: string) => HeldConversation | undefined;
  /** `isFound`: if it is unique, its members find it. Default true. */
  readonly put: (info: ConversationInfo, isFound?: boolean) => HeldConversation;
  readonly remove: (id: string) => boolean;
  /** The id of the unique conversation of the same members. */
  readonly idOf: (draft: Pick<ConversationInfo, 'kind' | 'members'>) => string | undefined;
  /** The ids of the conversations of a member. */
  readonly of: (clientId: string) => ReadonlySet<string>;
  /** The same, without system conversations, in the order of their activity. `touch` is told of each message. */
  readonly byActivity: ByActivity;
  /** The same in the order of their newest messages. It is told of each message, change and read mark. */
  readonly byMessage: ByMessage;
  readonly join: (id: string, members: Iterable<string>) => void;
  readonly part: (id: string, members: Iterable<string>) => void;
  /** Refuses a conversation that is one too many for its creator, or for one of its members. */
  readonly checkRoom: (draft: ConversationDraft) => void;
  /**
   * The conversations that a query without ids and members has to look at. Conversations that only their members can
   * see are looked at for their members only. For a client, `atMost` others of each kind are looked at, the newest.
   */
  readonly visible: (search: ConversationSearch, atMost: number) => Iterable<string>;
  /** The next ids of a walk through all conversations, which starts again when it has come to the end. */
  readonly next: (count: number) => Iterable<string>;
  readonly areKept: () => boolean;
  /** Ids after an id, in their order, at most so many. Whoever reads one page after the other sorts them once. */
  readonly idsAfter: (after: string, count: number) => readonly string[];
}

interface Options {
  readonly unreadLimit: number;
  readonly kept: KeptByKind;
  readonly now: () => number;
  /** A time that is not ahead of the true one: what has ended before it is deleted. */
  readonly settled: () => number;
}

/** Kinds that everybody can see, and kinds that their members can see and, if they are open, everybody. */
const OPEN: readonly ConversationKind[] = ['room', 'system'];
const ORDINARY: readonly ConversationKind[] = ['ordinary', 'temporary'];

/** The ids of a set, the last `atMost` that were added. */
const newest = (ids: ReadonlySet<string>, atMost: number): readonly string[] => {
  let skipped = ids.size - atMost;
  if (skipped <= 0) return [...ids];
  const last: string[] = [];
  for (const id of ids) {
    if (skipped <= 0) last.push(id);
    skipped -= 1;
  }
  return last;
};

const none: ReadonlySet<string> = new Set();

/** The place of the first id after an id. */
const placeAfter = (ids: readonly string[], after: string): number => {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? '') > after) high = middle;
    else low = middle + 1;
  }
  return low;
};

export const heldConversations = ({ unreadLimit, kept, now, settled }: Options): HeldConversations => {
  const conversations = new Map<string, HeldConversation>();
  const unique = new Map<string, string>();
  /** Conversation ids by member. */
  const memberships = new Map<string, Set<string>>();
  /** How many conversations each client has created. */
  const created = new Map<string, number>();
  const byKind: Readonly<Record<ConversationKind, Set<string>>> = {
    ordinary: new Set(),
    room: new Set(),
    system: new Set(),
    temporary: new Set(),
  };
  let walk: Iterator<string, unknown> | undefined;
  /** All ids in their order, and some that are not there any more; undefined if one has come, or nobody reads them. */
  let inOrder: readonly string[] | undefined;

  const of = (clientId: string): ReadonlySet<string> => memberships.get(clientId) ?? none;

  const active = byActivity({
    of,
    now,
    look: (id) => {
      const conversation = find(id);
      if (conversation === undefined || conversation.info.kind === 'system') return undefined;
      const { createdAt = 0 } = conversation.info;
      return { activeAt: lastMessageAtOf(conversation) ?? createdAt, createdAt, end: endOf(conversation, kept) };
    },
  });

  const messages = byMessage();

  const join = (id: string, members: Iterable<string>): void => {
    const conversation = conversations.get(id);
    if (conversation === undefined) return;
    const { info, log } = conversation;
    for (const member of members) {
      memberships.set(member, (memberships.get(member) ?? new Set()).add(id));
      messages.join(id, member, {
        isCrowded: info.kind === 'system',
        isChanged: log.modifiedAt() !== undefined,
        lessAt: log.unreadLessAt(member),
      });
    }
    active.touch(id, new Set(members));
  };

  const part = (id: string, members: Iterable<string>): void => {
    active.touch(id, new Set(members));
    for (const member of members) {
      messages.part(id, member);
      const ids = memberships.get(member);
      ids?.delete(id);
      if (ids === undefined || ids.size > 0) continue;
      memberships.delete(member);
      messages.forget(member);
    }
  };

  const countCreated = ({ creator }: ConversationInfo, change: 1 | -1): void => {
    if (creator === undefined) return;
    const count = (created.get(creator) ?? 0) + change;
    if (count > 0) created.set(creator, count);
    else created.delete(creator);
  };

  const remove = (id: string): boolean => {
    const conversation = conversations.get(id);
    if (conversation === undefined) return false;
    const { info, members, uniqueKey: key } = conversation;
    part(id, members);
    messages.remove(id);
    countCreated(info, -1);
    byKind[info.kind].delete(id);
    if (key !== undefined && unique.get(key) === id) unique.delete(key);
    return conversations.delete(id);
  };

  const find = (id: string): HeldConversation | undefined => {
    const conversation = conversations.get(id);
    if (conversation === undefined) return undefined;
    const end = endOf(conversation, kept);
    if (end > now()) return conversation;
    if (end <= settled()) remove(id);
    return undefined;
  };

  return {
    of,
    byActivity: active,
    byMessage: messages,
    join,
    part,
    remove,
    find,

    put: (info, isFound = true) => {
      if (!remove(info.id)) inOrder = undefined;
      const conversation = held(info, unreadLimit, isFound);
      conversations.set(info.id, conversation);
      if (conversation.uniqueKey !== undefined) unique.set(conversation.uniqueKey, info.id);
      byKind[info.kind].add(info.id);
      countCreated(info, 1);
      join(info.id, info.members ?? []);
      return conversation;
    },

    idOf: (draft) => unique.get(uniqueKey(draft)),

    checkRoom: ({ creator, members, atMost }) => {
      if (atMost === undefined) return;
      if (creator !== undefined && (created.get(creator) ?? 0) >= atMost.created)
        throw new Refusal(4318, `a client has at most ${atMost.created} conversations that it has created`);
      const full = members.find((member) => of(member).size >= atMost.memberships);
      if (full !== undefined)
        throw new Refusal(4304, `a client is in at most ${atMost.memberships} conversations, and ${full} is`);
    },

    visible: ({ where, viewer }, atMost) => {
      const kind = whereKind(where);
      if (viewer === undefined) return kind === undefined ? [...conversations.keys()] : [...byKind[kind]];
      const seen = viewer.seesOrdinary ? [...ORDINARY, ...OPEN] : OPEN;
      const others = (kind === undefined ? seen : [kind]).flatMap((one) => newest(byKind[one], atMost));
      return new Set([...(kind === undefined ? of(viewer.clientId) : []), ...others]);
    },

    next: function* (count) {
      walk ??= conversations.keys();
      for (let left = count; left > 0; left -= 1) {
        const step = walk.next();
        if (step.done === true || typeof step.value !== 'string') {
          walk = undefined;
          return;
        }
        yield step.value;
      }
    },

    areKept: () => conversations.size > 0,
    idsAfter: (after, count) => {
      inOrder ??= [...conversations.keys()].sort();
      const page: string[] = [];
      let place = placeAfter(inOrder, after);
      for (; place < inOrder.length && page.length < count; place += 1) {
        const id = inOrder[place] ?? '';
        if (conversations.has(id)) page.push(id);
      }
      if (place === inOrder.length) inOrder = undefined;
      return page;
    },
  };
};

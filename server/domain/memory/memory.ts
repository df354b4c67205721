/** Conversations, their messages and their sessions in memory. Every call is synchronous. */
import type { ConversationInfo, MemberRole } from '../../../codecs/index.js';
import { DEFAULT_STEPS } from '../query/budget.js';
import { select } from '../query/select.js';
import { whereIds, whereMember } from '../query/where.js';
import type {
  Appended,
  Arrived,
  ClientList,
  ListChange,
  ConversationChange,
  ConversationDraft,
  ConversationSearch,
  HistoryQuery,
  MarkedRead,
  MemberReceipt,
  MembersAdded,
  MessageKey,
  Modified,
  NewMessage,
  OfflineMessages,
  ReadUpTo,
  Speaking,
  StoredEdit,
  StoredMessage,
  UnreadSummary,
} from '../records.js';
import type { ConversationLog } from './conversation-log.js';
import { audienceOf } from '../messages/history.js';
import {
  admitted,
  changeList,
  describe,
  endOf,
  held,
  infoOf,
  pageOfList,
  speakingIn,
  uniqueKey,
  type HeldConversation,
} from './held-conversation.js';
import { memorySessions, type MemorySessions } from './sessions.js';

/** How much is stored, and for how long. */
export interface MemoryLimits {
  /** Highest count of unread messages; the count stops there. Default 100. */
  readonly unreadLimit?: number;
  /** How long messages are kept, days. Default 180. */
  readonly historyDays?: number;
  /**
   * Number of a conversation's latest messages that are kept. At times up to twice as many are kept. Default 100,000.
   */
  readonly historyMessages?: number;
  /** A conversation without activity for this time is deleted, days. Default 180. */
  readonly conversationDays?: number;
  /**
   * Steps that a query of conversations may take (docs/server.md); a query that needs more is refused with 4310.
   * Default 1,000,000, which take at most about 60 ms.
   */
  readonly querySteps?: number;
  /**
   * Number of the latest notices that are kept for each client that can come back. Default 5,000: more than a day
   * brings.
   */
  readonly notices?: number;
}

/** Options of a memory: limits, and what it needs from outside. */
export interface MemoryOptions extends MemoryLimits {
  /** The time, ms since 1970. */
  readonly now: () => number;
  /** The time by which data is deleted: not ahead of the true time if `now` is, for a moment. Default: `now`. */
  readonly settled?: () => number;
  readonly newConversationId: () => string;
  readonly newMessageId: () => string;
}

/** The calls of a store, synchronous. */
export interface Memory {
  /** Stores a conversation as it is. */
  readonly put: (info: ConversationInfo) => void;
  readonly createConversation: (draft: ConversationDraft) => {
    readonly info: ConversationInfo;
    readonly isNew: boolean;
  };
  readonly conversations: (ids: readonly string[]) => readonly ConversationInfo[];
  readonly find: (search: ConversationSearch) => readonly ConversationInfo[];
  readonly deleteConversation: (id: string) => boolean;
  readonly addMembers: (id: string, members: readonly string[], limit: number) => MembersAdded | undefined;
  readonly removeMembers: (id: string, members: readonly string[]) => readonly string[];
  readonly updateConversation: (id: string, change: ConversationChange, now: number) => ConversationInfo | undefined;
  readonly setRole: (id: string, clientId: string, role: MemberRole) => void;
  readonly roles: (id: string) => ReadonlyMap<string, MemberRole>;
  readonly setListed: (
    id: string,
    list: ClientList,
    clientIds: readonly string[],
    listed: boolean,
    limit: number,
  ) => ListChange;
  readonly listed: (id: string, list: ClientList, limit: number, after?: string) => ReturnType<typeof pageOfList>;
  readonly whoIsListed: (id: string, list: ClientList, clientIds: readonly string[]) => ReadonlySet<string>;
  readonly speaking: (id: string, clientId: string | undefined) => Speaking;
  /** Stores a message if its speaker has the right to speak. */
  readonly say: (message: NewMessage) => Appended;
  readonly message: (id: string, key: MessageKey) => StoredMessage | undefined;
  /**
   * `id`: the id of the message; undefined makes a new one. `at`: its exact time, ms, which other messages may have
   * too; undefined gives it a time of its own.
   */
  readonly append: (
    message: NewMessage,
    id?: string,
    at?: number,
  ) => { readonly message: StoredMessage; readonly repeated: boolean };
  readonly history: (query: HistoryQuery) => readonly StoredMessage[];
  readonly modify: (edit: StoredEdit) => Modified;
  readonly modifiedSince: (clientId: string, since: number, limit: number) => readonly StoredMessage[];
  readonly receipts: (id: string) => readonly MemberReceipt[];
  readonly offline: (clientId: string, conversations: number, messages: number) => readonly OfflineMessages[];
  readonly unreadIn: (id: string, clientId: string) => UnreadSummary;
  readonly unreadOf: (id: string, clientIds: readonly string[]) => ReadonlyMap<string, UnreadSummary>;
  readonly acknowledge: (id: string, clientId: string, arrived: Arrived, now: number) => readonly StoredMessage[];
  readonly markRead: (id: string, clientId: string, upTo: ReadUpTo, now: number) => MarkedRead;
  readonly unread: (clientId: string, since: number | undefined, limit: number) => readonly UnreadSummary[];
  readonly sessions: MemorySessions;
}

const DAY = 86_400_000;

export const createMemory = ({
  unreadLimit = 100,
  historyDays = 180,
  historyMessages = 100_000,
  conversationDays = 180,
  querySteps = DEFAULT_STEPS,
  notices = 5_000,
  now,
  settled = now,
  newConversationId,
  newMessageId,
}: MemoryOptions): Memory => {
  const conversations = new Map<string, HeldConversation>();
  const unique = new Map<string, string>();
  /** Conversation ids by member. */
  const memberships = new Map<string, Set<string>>();

  const remove = (id: string): boolean => {
    for (const member of conversations.get(id)?.info.members ?? []) memberships.get(member)?.delete(id);
    return conversations.delete(id);
  };

  /** A conversation that exists and has not ended. */
  const find = (id: string): HeldConversation | undefined => {
    const conversation = conversations.get(id);
    if (conversation === undefined) return undefined;
    const end = endOf(conversation, conversationDays * DAY);
    if (end > now()) return conversation;
    if (end <= settled()) remove(id);
    return undefined;
  };

  const described = (id: string): ConversationInfo | undefined => {
    const conversation = find(id);
    return conversation === undefined ? undefined : describe(conversation);
  };

  const oldest = (): number => now() - historyDays * DAY;
  /** The earliest message that is not deleted yet. */
  const oldestKept = (): number => Math.min(oldest(), settled() - historyDays * DAY);

  /** The log of a conversation, without expired messages. */
  const logOf = (id: string): ConversationLog | undefined => {
    const log = find(id)?.log;
    log?.trim(oldestKept(), historyMessages);
    return log;
  };

  const logsOf = (clientId: string): readonly ConversationLog[] =>
    [...(memberships.get(clientId) ?? [])].flatMap((id) => logOf(id) ?? []);

  const join = (id: string, members: readonly string[]): void => {
    for (const member of members) memberships.set(member, (memberships.get(member) ?? new Set()).add(id));
  };

  const put = (info: ConversationInfo): void => {
    conversations.set(info.id, held(info, unreadLimit));
    if (info.unique === true) unique.set(uniqueKey(info), info.id);
    join(info.id, info.members ?? []);
  };

  const removeMembers = (id: string, wanted: readonly string[]): readonly string[] => {
    const conversation = find(id);
    const isWanted = new Set(wanted);
    const gone = new Set((conversation?.info.members ?? []).filter((member) => isWanted.has(member)));
    if (conversation === undefined || gone.size === 0) return [];
    const { info, roles } = conversation;
    conversation.info = { ...info, members: (info.members ?? []).filter((member) => !gone.has(member)) };
    for (const member of gone) {
      memberships.get(member)?.delete(id);
      // An owner that comes back is the owner again; a manager that comes back is a plain member.
      if (roles.get(member) === 'Manager') roles.delete(member);
    }
    return [...gone];
  };

  return {
    put,

    createConversation: (draft) => {
      const existing = draft.unique ? described(unique.get(uniqueKey(draft)) ?? '') : undefined;
      if (existing !== undefined) return { info: existing, isNew: false };
      const id = newConversationId();
      const info = infoOf(draft.kind === 'temporary' ? `_tmp:${id}` : id, draft);
      put(info);
      return { info, isNew: true };
    },

    conversations: (ids) => ids.flatMap((id) => described(id) ?? []),

    find: (search) => {
      const member = whereMember(search.where);
      const all = [...(member === undefined ? conversations.keys() : (memberships.get(member) ?? []))];
      return select(search, whereIds(search.where) ?? all, described, querySteps);
    },

    deleteConversation: remove,

    addMembers: (id, wanted, limit) => {
      const conversation = find(id);
      if (conversation === undefined) return undefined;
      const { info } = conversation;
      const admission = admitted(conversation, wanted, limit);
      if (admission.added.length > 0)
        conversation.info = { ...info, members: [...(info.members ?? []), ...admission.added] };
      join(id, admission.added);
      return admission;
    },

    removeMembers,

    updateConversation: (id, change, at) => {
      const conversation = find(id);
      if (conversation === undefined) return undefined;
      const isDescribed = change.attributes !== undefined || change.name !== undefined;
      conversation.info = { ...conversation.info, ...change, ...(isDescribed ? { updatedAt: at } : {}) };
      return describe(conversation);
    },

    setRole: (id, clientId, role) => {
      if (role === 'Member') find(id)?.roles.delete(clientId);
      else find(id)?.roles.set(clientId, role);
    },

    roles: (id) => new Map(find(id)?.roles),

    setListed: (id, list, clientIds, listed, limit) => {
      const { changed, full } = changeList(find(id)?.lists[list] ?? new Set(), clientIds, listed, limit);
      if (list !== 'blocked' || !listed) return { changed, full, removed: [] };
      const isOut = new Set(full);
      // Not only those that are new on the list: who is blocked is no member.
      return {
        changed,
        full,
        removed: removeMembers(
          id,
          clientIds.filter((clientId) => !isOut.has(clientId)),
        ),
      };
    },

    listed: (id, list, limit, after = '') => pageOfList(find(id)?.lists[list] ?? new Set(), limit, after),

    whoIsListed: (id, list, clientIds) => {
      const listed = find(id)?.lists[list];
      return new Set(clientIds.filter((clientId) => listed?.has(clientId) === true));
    },

    speaking: (id, clientId) => {
      const conversation = find(id);
      if (conversation === undefined) return { _tag: 'NoConversation' };
      const _tag = speakingIn(conversation, clientId);
      return _tag === 'MaySpeak' ? { _tag, info: describe(conversation) } : { _tag };
    },

    say: ({ speaker, ...given }) => {
      const conversation = find(given.conversationId);
      if (conversation === undefined) return { _tag: 'NoConversation' };
      const _tag = speakingIn(conversation, speaker);
      if (_tag !== 'MaySpeak') return { _tag };
      const { info, log } = conversation;
      log.trim(oldestKept(), historyMessages);
      const wanted = info.kind === 'system' && speaker !== undefined ? { ...given, to: [] } : given;
      const { message, repeated } = log.append(wanted, newMessageId);
      return repeated ? { _tag: 'Repeated', message } : { _tag: 'Appended', message, ...audienceOf(info, message) };
    },

    message: (id, key) => logOf(id)?.message(key),

    append: (message, id, at) => {
      const log = logOf(message.conversationId);
      if (log === undefined) throw new Error(`there is no conversation ${message.conversationId}`);
      return log.append(message, id === undefined ? newMessageId : () => id, at);
    },

    history: (query) => logOf(query.conversationId)?.history(query, oldest()) ?? [],

    modify: (edit) => {
      const conversation = find(edit.conversationId);
      if (conversation === undefined) return { _tag: 'NoConversation' };
      const { info, log } = conversation;
      const _tag = speakingIn(conversation, edit.by);
      if (_tag !== 'MaySpeak') return { _tag };
      const result = log.modify(edit, info.members ?? []);
      return result._tag === 'Modified' ? { ...result, ...audienceOf(info, result.message) } : result;
    },

    modifiedSince: (clientId, since, limit) =>
      logsOf(clientId)
        .flatMap((log) => log.modifiedSince(clientId, since))
        .sort((a, b) => (a.editedAt ?? 0) - (b.editedAt ?? 0))
        .slice(0, limit),

    receipts: (id) => logOf(id)?.receipts() ?? [],

    offline: (clientId, conversationLimit, messageLimit) =>
      [...logsOf(clientId)]
        .sort((a, b) => (b.last()?.timestamp ?? 0) - (a.last()?.timestamp ?? 0))
        .map((log) => log.offline(clientId, messageLimit))
        .filter(({ messages }) => messages.length > 0)
        .slice(0, conversationLimit),

    unreadIn: (id, clientId) => logOf(id)?.unread(clientId) ?? { conversationId: id, count: 0, mentioned: false },

    unreadOf: (id, clientIds) => {
      const log = logOf(id);
      return new Map(log === undefined ? [] : clientIds.map((clientId) => [clientId, log.unread(clientId)]));
    },

    acknowledge: (id, clientId, arrived, at) => logOf(id)?.acknowledge(clientId, arrived, at) ?? [],

    markRead: (id, clientId, upTo, at) => {
      const log = logOf(id);
      return log === undefined
        ? { moved: false, isEnd: true, summary: { conversationId: id, count: 0, mentioned: false } }
        : { ...log.markRead(clientId, upTo, at), summary: log.unread(clientId) };
    },

    unread: (clientId, since, limit) =>
      logsOf(clientId)
        .map((log) => ({ summary: log.unread(clientId), lessAt: log.unreadLessAt(clientId) }))
        .filter(
          ({ summary, lessAt }) =>
            summary.count > 0 || (since !== undefined && lessAt !== undefined && lessAt >= since),
        )
        .map(({ summary }) => summary)
        .sort((a, b) => (b.last?.timestamp ?? 0) - (a.last?.timestamp ?? 0))
        .slice(0, limit),

    sessions: memorySessions(notices, settled),
  };
};

/** Conversations, their messages and their sessions in memory. Every call is synchronous. */
import type { ConversationInfo, MemberRole } from '../../../codecs/index.js';
import { DEFAULT_STEPS } from '../query/budget.js';
import { select } from '../query/select.js';
import { whereIds, whereMember } from '../query/where.js';
import type {
  Arrived,
  ClientList,
  ConversationChange,
  ConversationDraft,
  ConversationSearch,
  HistoryQuery,
  MarkedRead,
  MemberReceipt,
  MembersAdded,
  Modified,
  NewMessage,
  OfflineMessages,
  ReadUpTo,
  StoredEdit,
  StoredMessage,
  UnreadSummary,
} from '../records.js';
import type { ConversationLog } from './conversation-log.js';
import {
  admitted,
  changeList,
  describe,
  endOf,
  held,
  infoOf,
  pageOfList,
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
  ) => ReturnType<typeof changeList>;
  readonly listed: (id: string, list: ClientList, limit: number, after?: string) => ReturnType<typeof pageOfList>;
  readonly whoIsListed: (id: string, list: ClientList, clientIds: readonly string[]) => ReadonlySet<string>;
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
    if (conversation === undefined || endOf(conversation, conversationDays * DAY) > now()) return conversation;
    remove(id);
    return undefined;
  };

  const described = (id: string): ConversationInfo | undefined => {
    const conversation = find(id);
    return conversation === undefined ? undefined : describe(conversation);
  };

  const oldest = (): number => now() - historyDays * DAY;

  /** The log of a conversation, without expired messages. */
  const logOf = (id: string): ConversationLog | undefined => {
    const log = find(id)?.log;
    log?.trim(oldest(), historyMessages);
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
      const admission = admitted(info, wanted, limit);
      if (admission.added.length > 0)
        conversation.info = { ...info, members: [...(info.members ?? []), ...admission.added] };
      join(id, admission.added);
      return admission;
    },

    removeMembers: (id, wanted) => {
      const conversation = find(id);
      const gone = new Set((conversation?.info.members ?? []).filter((member) => wanted.includes(member)));
      if (conversation === undefined || gone.size === 0) return [];
      const { info, roles } = conversation;
      conversation.info = { ...info, members: (info.members ?? []).filter((member) => !gone.has(member)) };
      for (const member of gone) {
        memberships.get(member)?.delete(id);
        // An owner that comes back is the owner again; a manager that comes back is a plain member.
        if (roles.get(member) === 'Manager') roles.delete(member);
      }
      return [...gone];
    },

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

    setListed: (id, list, clientIds, listed, limit) =>
      changeList(find(id)?.lists[list] ?? new Set(), clientIds, listed, limit),

    listed: (id, list, limit, after = '') => pageOfList(find(id)?.lists[list] ?? new Set(), limit, after),

    whoIsListed: (id, list, clientIds) => {
      const listed = find(id)?.lists[list];
      return new Set(clientIds.filter((clientId) => listed?.has(clientId) === true));
    },

    append: (message, id, at) => {
      const log = logOf(message.conversationId);
      if (log === undefined) throw new Error(`there is no conversation ${message.conversationId}`);
      return log.append(message, id === undefined ? newMessageId : () => id, at);
    },

    history: (query) => logOf(query.conversationId)?.history(query, oldest()) ?? [],

    modify: (edit) => {
      const conversation = find(edit.conversationId);
      return conversation === undefined
        ? { _tag: 'Missing' }
        : conversation.log.modify(edit, conversation.info.members ?? []);
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

    sessions: memorySessions(notices),
  };
};

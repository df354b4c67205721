import { randomBytes } from 'node:crypto';
import type { ConversationInfo, MemberRole } from '../../codecs/index.js';
import type { ServerClock } from '../clock.js';
import { DEFAULT_STEPS } from '../query/budget.js';
import { select } from '../query/select.js';
import { whereIds, whereMember } from '../query/where.js';
import { conversationLog, type ConversationLog } from './conversation-log.js';
import { memorySessions } from './memory-sessions.js';
import type { ClientList, Store } from './store.js';

export interface MemoryStoreOptions {
  /** A count of unread messages stops here. Default 100. */
  readonly unreadLimit?: number;
  /** Messages are kept for so many days. Default 180. */
  readonly historyDays?: number;
  /** At least so many of the latest messages of a conversation are kept, and at most twice as many. Default 100,000. */
  readonly historyMessages?: number;
  /** A conversation in which nothing has happened for so many days is gone. Default 180. */
  readonly conversationDays?: number;
  /** Steps of a query of conversations (docs/server.md); one that takes more is refused with 4310. Default 1,000,000, which are some 60 ms at most. */
  readonly querySteps?: number;
  /** So many of the latest notices are kept for each client that can come back. Default 5,000: more than a day brings. */
  readonly notices?: number;
  /** What days are counted by. Default: the system's. */
  readonly clock?: ServerClock;
}

interface Conversation {
  info: ConversationInfo;
  readonly log: ConversationLog;
  readonly roles: Map<string, MemberRole>;
  readonly lists: Readonly<Record<ClientList, Set<string>>>;
}

const DAY = 86_400_000;

const newId = (): string => randomBytes(12).toString('hex');
const messageId = (): string => randomBytes(16).toString('base64url');

/** When it ends; a temporary one by its lifetime, others when nothing has happened for long. */
const endOf = ({ info, log }: Conversation, idle: number): number => {
  const { kind, ttl = 0, createdAt = 0, updatedAt = 0 } = info;
  return kind === 'temporary' ? createdAt + ttl * 1_000 : Math.max(createdAt, updatedAt, log.lastAt()) + idle;
};

/** A store that lasts as long as the process. */
export const memoryStore = ({
  unreadLimit = 100,
  historyDays = 180,
  historyMessages = 100_000,
  conversationDays = 180,
  querySteps = DEFAULT_STEPS,
  notices = 5_000,
  clock = { now: Date.now },
}: MemoryStoreOptions = {}): Store => {
  const conversations = new Map<string, Conversation>();
  const unique = new Map<string, string>();
  /** Conversations of each member. */
  const memberships = new Map<string, Set<string>>();
  const sessions = memorySessions(notices);

  const remove = (id: string): boolean => {
    for (const member of conversations.get(id)?.info.members ?? []) memberships.get(member)?.delete(id);
    return conversations.delete(id);
  };

  /** A conversation that has not ended. */
  const find = (id: string): Conversation | undefined => {
    const conversation = conversations.get(id);
    if (conversation === undefined || endOf(conversation, conversationDays * DAY) > clock.now()) return conversation;
    remove(id);
    return undefined;
  };

  /** What a conversation is like now; the time of its newest message is the log's. */
  const describe = ({ info, log }: Conversation): ConversationInfo => {
    const shown = log.lastPublic();
    if (shown === undefined) return info.kind === 'system' || log.lastAt() === 0 ? info : { ...info, lastMessageAt: log.lastAt() };
    const { id, from, timestamp, editedAt, msg, binaryMsg } = shown;
    const body = binaryMsg === undefined ? (msg === undefined ? {} : { msg }) : { binaryMsg };
    return {
      ...info,
      lastMessageAt: shown.timestamp,
      lastMessage: { id, from, timestamp, ...(editedAt === undefined ? {} : { patchTimestamp: editedAt }), ...body },
    };
  };

  const described = (id: string): ConversationInfo | undefined => {
    const conversation = find(id);
    return conversation === undefined ? undefined : describe(conversation);
  };

  /** The log of a conversation, without what is too old. */
  const logOf = (id: string): ConversationLog | undefined => {
    const log = find(id)?.log;
    log?.trim(clock.now() - historyDays * DAY, historyMessages);
    return log;
  };

  const join = (id: string, members: readonly string[]): void => {
    for (const member of members) memberships.set(member, (memberships.get(member) ?? new Set()).add(id));
  };

  const store = {
    createConversation: ({ kind, creator, members, name, attributes, unique: isUnique, ttl, now }) => {
      const key = JSON.stringify([kind, ...[...members].sort()]);
      const existing = isUnique ? find(unique.get(key) ?? '') : undefined;
      if (existing !== undefined) return { info: describe(existing), isNew: false };
      const id = kind === 'temporary' ? `_tmp:${newId()}` : newId();
      const info: ConversationInfo = {
        id,
        kind,
        ...(creator === undefined ? {} : { creator }),
        ...(kind === 'room' ? {} : { members }),
        ...(name === undefined ? {} : { name }),
        ...(isUnique ? { unique: true } : {}),
        ...(ttl === undefined ? {} : { ttl }),
        createdAt: now,
        updatedAt: now,
        attributes,
      };
      const roles = new Map<string, MemberRole>(creator === undefined ? [] : [[creator, 'Owner']]);
      conversations.set(id, { info, log: conversationLog(id, unreadLimit), roles, lists: { silenced: new Set(), blocked: new Set() } });
      if (isUnique) unique.set(key, id);
      if (kind !== 'room') join(id, members);
      return { info, isNew: true };
    },

    conversations: (ids) => ids.flatMap((id) => described(id) ?? []),

    find: (query) => {
      const member = whereMember(query.where);
      const all = [...(member === undefined ? conversations.keys() : (memberships.get(member) ?? []))];
      return select(query, whereIds(query.where) ?? all, described, querySteps);
    },

    deleteConversation: remove,

    addMembers: (id, wanted, limit) => {
      const conversation = find(id);
      if (conversation === undefined) return undefined;
      const { info } = conversation;
      const before = info.members ?? [];
      const isMember = new Set(before);
      const news = [...new Set(wanted)].filter((member) => !isMember.has(member));
      const added = news.slice(0, Math.max(0, limit - before.length));
      if (added.length > 0) conversation.info = { ...info, members: [...before, ...added] };
      join(id, added);
      return { added, present: wanted.filter((member) => isMember.has(member)), full: news.slice(added.length) };
    },

    removeMembers: (id, wanted) => {
      const conversation = find(id);
      const gone = new Set((conversation?.info.members ?? []).filter((member) => wanted.includes(member)));
      if (conversation === undefined || gone.size === 0) return [];
      const { info, roles } = conversation;
      conversation.info = { ...info, members: (info.members ?? []).filter((member) => !gone.has(member)) };
      for (const member of gone) {
        memberships.get(member)?.delete(id);
        // The owner comes back as the owner; a manager does not.
        if (roles.get(member) === 'Manager') roles.delete(member);
      }
      return [...gone];
    },

    updateConversation: (id, change, now) => {
      const conversation = find(id);
      if (conversation === undefined) return undefined;
      const isDescribed = change.attributes !== undefined || change.name !== undefined;
      conversation.info = { ...conversation.info, ...change, ...(isDescribed ? { updatedAt: now } : {}) };
      return describe(conversation);
    },

    setRole: (id, clientId, role) => {
      if (role === 'Member') find(id)?.roles.delete(clientId);
      else find(id)?.roles.set(clientId, role);
    },

    roles: (id) => new Map(find(id)?.roles),

    setListed: (id, list, clientIds, listed, limit) => {
      const members = find(id)?.lists[list] ?? new Set<string>();
      const changed = [...new Set(clientIds)].filter((clientId) => members.has(clientId) !== listed);
      const room = listed ? Math.max(0, limit - members.size) : changed.length;
      for (const clientId of changed.slice(0, room)) {
        if (listed) members.add(clientId);
        else members.delete(clientId);
      }
      return { changed: changed.slice(0, room), full: changed.slice(room) };
    },

    listed: (id, list, limit, after = '') => {
      const clientIds = [...(find(id)?.lists[list] ?? [])].filter((clientId) => clientId > after).sort();
      const page = clientIds.slice(0, limit);
      const last = page.at(-1);
      return { clientIds: page, ...(last === undefined || clientIds.length <= limit ? {} : { next: last }) };
    },

    whoIsListed: (id, list, clientIds) => {
      const listed = find(id)?.lists[list];
      return new Set(clientIds.filter((clientId) => listed?.has(clientId) === true));
    },

    keepNotice: sessions.keepNotice,
    notices: sessions.notices,

    append: (message) => {
      const log = logOf(message.conversationId);
      if (log === undefined) throw new Error(`there is no conversation ${message.conversationId}`);
      return log.append(message, messageId());
    },

    history: (query) => logOf(query.conversationId)?.history(query, clock.now() - historyDays * DAY) ?? [],

    modify: (modification) => {
      const conversation = find(modification.conversationId);
      return conversation === undefined ? { _tag: 'Missing' } : conversation.log.modify(modification, conversation.info.members ?? []);
    },

    modifiedSince: (clientId, since, limit) =>
      [...(memberships.get(clientId) ?? [])]
        .flatMap((id) => logOf(id)?.modifiedSince(clientId, since) ?? [])
        .sort((a, b) => (a.editedAt ?? 0) - (b.editedAt ?? 0))
        .slice(0, limit),

    receipts: (id) => logOf(id)?.receipts() ?? [],

    offline: (clientId, conversationLimit, messageLimit) =>
      [...(memberships.get(clientId) ?? [])]
        .flatMap((id) => logOf(id) ?? [])
        .sort((a, b) => (b.last()?.timestamp ?? 0) - (a.last()?.timestamp ?? 0))
        .map((log) => log.offline(clientId, messageLimit))
        .filter(({ messages }) => messages.length > 0)
        .slice(0, conversationLimit),

    unreadIn: (id, clientId) => logOf(id)?.unread(clientId) ?? { conversationId: id, count: 0, mentioned: false },

    acknowledge: (id, clientId, arrived, now) => logOf(id)?.acknowledge(clientId, arrived, now) ?? [],

    markRead: (id, clientId, upTo, now) => {
      const log = logOf(id);
      return log === undefined
        ? { moved: false, isEnd: true, summary: { conversationId: id, count: 0, mentioned: false } }
        : { ...log.markRead(clientId, upTo, now), summary: log.unread(clientId) };
    },

    unread: (clientId, since, limit) =>
      [...(memberships.get(clientId) ?? [])]
        .flatMap((id) => logOf(id) ?? [])
        .map((log) => ({ summary: log.unread(clientId), lessAt: log.unreadLessAt(clientId) }))
        .filter(({ summary, lessAt }) => summary.count > 0 || (since !== undefined && lessAt !== undefined && lessAt >= since))
        .map(({ summary }) => summary)
        .sort((a, b) => (b.last?.timestamp ?? 0) - (a.last?.timestamp ?? 0))
        .slice(0, limit),

    saveSession: sessions.save,
    session: sessions.get,
    rememberRoom: sessions.rememberRoom,
    displaceSessions: sessions.displace,
    forgetSession: sessions.forget,
    forgetSessions: sessions.forgetAll,
    close: () => undefined,
  } satisfies { readonly [K in keyof Store]: (...args: Parameters<Store[K]>) => Awaited<ReturnType<Store[K]>> };

  /** Every call takes a turn, as it would with a database behind it, and fails in its promise. */
  const asynchronous =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    async (...args: A): Promise<R> => {
      await Promise.resolve();
      return call(...args);
    };

  return {
    createConversation: asynchronous(store.createConversation),
    conversations: asynchronous(store.conversations),
    find: asynchronous(store.find),
    deleteConversation: asynchronous(store.deleteConversation),
    setRole: asynchronous(store.setRole),
    roles: asynchronous(store.roles),
    setListed: asynchronous(store.setListed),
    listed: asynchronous(store.listed),
    whoIsListed: asynchronous(store.whoIsListed),
    keepNotice: asynchronous(store.keepNotice),
    notices: asynchronous(store.notices),
    addMembers: asynchronous(store.addMembers),
    removeMembers: asynchronous(store.removeMembers),
    updateConversation: asynchronous(store.updateConversation),
    append: asynchronous(store.append),
    history: asynchronous(store.history),
    modify: asynchronous(store.modify),
    modifiedSince: asynchronous(store.modifiedSince),
    receipts: asynchronous(store.receipts),
    offline: asynchronous(store.offline),
    unreadIn: asynchronous(store.unreadIn),
    acknowledge: asynchronous(store.acknowledge),
    markRead: asynchronous(store.markRead),
    unread: asynchronous(store.unread),
    saveSession: asynchronous(store.saveSession),
    session: asynchronous(store.session),
    rememberRoom: asynchronous(store.rememberRoom),
    displaceSessions: asynchronous(store.displaceSessions),
    forgetSession: asynchronous(store.forgetSession),
    forgetSessions: asynchronous(store.forgetSessions),
    close: asynchronous(store.close),
  };
};

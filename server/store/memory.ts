import { randomBytes } from 'node:crypto';
import type { ConversationInfo } from '../../codecs/index.js';
import { conversationLog, type ConversationLog } from './conversation-log.js';
import type { Store, StoredSession } from './store.js';

export interface MemoryStoreOptions {
  /** A count of unread messages stops here. Default 100. */
  readonly unreadLimit?: number;
}

interface Conversation {
  info: ConversationInfo;
  readonly log: ConversationLog;
}

const conversationId = (): string => randomBytes(12).toString('hex');
const messageId = (): string => randomBytes(16).toString('base64url');

/** A store that lasts as long as the process. */
export const memoryStore = ({ unreadLimit = 100 }: MemoryStoreOptions = {}): Store => {
  const conversations = new Map<string, Conversation>();
  const unique = new Map<string, string>();
  /** Conversations of each member. */
  const memberships = new Map<string, Set<string>>();
  const sessions = new Map<string, StoredSession>();
  /** Tokens of each client. */
  const tokens = new Map<string, Set<string>>();

  /** What a conversation is like now; the time of its newest message is the log's. */
  const describe = ({ info, log }: Conversation): ConversationInfo => {
    const last = log.last();
    if (last === undefined) return info;
    const { id, from, timestamp, editedAt, msg, binaryMsg } = last;
    const body = binaryMsg === undefined ? (msg === undefined ? {} : { msg }) : { binaryMsg };
    return {
      ...info,
      lastMessageAt: timestamp,
      lastMessage: { id, from, timestamp, ...(editedAt === undefined ? {} : { patchTimestamp: editedAt }), ...body },
    };
  };

  const logOf = (id: string): ConversationLog | undefined => conversations.get(id)?.log;

  const forget = (token: string): void => {
    const session = sessions.get(token);
    if (session === undefined) return;
    sessions.delete(token);
    const others = tokens.get(session.clientId);
    others?.delete(token);
    if (others?.size === 0) tokens.delete(session.clientId);
  };

  const store = {
    createConversation: ({ creator, members, name, attributes, unique: isUnique, now }) => {
      const key = JSON.stringify([...members].sort());
      const existing = isUnique ? conversations.get(unique.get(key) ?? '') : undefined;
      if (existing !== undefined) return { info: describe(existing), isNew: false };
      const id = conversationId();
      const info: ConversationInfo = {
        id,
        kind: 'ordinary',
        creator,
        members,
        ...(name === undefined ? {} : { name }),
        ...(isUnique ? { unique: true } : {}),
        createdAt: now,
        updatedAt: now,
        attributes,
      };
      conversations.set(id, { info, log: conversationLog(id, unreadLimit) });
      if (isUnique) unique.set(key, id);
      for (const member of members) memberships.set(member, (memberships.get(member) ?? new Set()).add(id));
      return { info, isNew: true };
    },

    addMembers: (id, wanted, limit, now) => {
      const conversation = conversations.get(id);
      if (conversation === undefined) return undefined;
      const { info } = conversation;
      const before = info.members ?? [];
      const news = [...new Set(wanted)].filter((member) => !before.includes(member));
      const added = news.slice(0, Math.max(0, limit - before.length));
      if (added.length > 0) conversation.info = { ...info, members: [...before, ...added], updatedAt: now };
      for (const member of added) memberships.set(member, (memberships.get(member) ?? new Set()).add(id));
      return { added, present: wanted.filter((member) => before.includes(member)), full: news.slice(added.length) };
    },

    removeMembers: (id, wanted, now) => {
      const conversation = conversations.get(id);
      const gone = new Set((conversation?.info.members ?? []).filter((member) => wanted.includes(member)));
      if (conversation === undefined || gone.size === 0) return [];
      const { info } = conversation;
      conversation.info = { ...info, members: (info.members ?? []).filter((member) => !gone.has(member)), updatedAt: now };
      for (const member of gone) memberships.get(member)?.delete(id);
      return [...gone];
    },

    updateConversation: (id, change, now) => {
      const conversation = conversations.get(id);
      if (conversation === undefined) return undefined;
      conversation.info = { ...conversation.info, ...change, updatedAt: now };
      return describe(conversation);
    },

    conversations: (ids) => ids.flatMap((id) => conversations.get(id) ?? []).map(describe),

    append: (message) => {
      const log = logOf(message.conversationId);
      if (log === undefined) throw new Error(`there is no conversation ${message.conversationId}`);
      return log.append(message, messageId());
    },

    history: (query) => logOf(query.conversationId)?.history(query) ?? [],

    modify: (modification) => {
      const conversation = conversations.get(modification.conversationId);
      return conversation === undefined ? { _tag: 'Missing' } : conversation.log.modify(modification, conversation.info.members ?? []);
    },

    modifiedSince: (clientId, since, limit) =>
      [...(memberships.get(clientId) ?? [])]
        .flatMap((id) => logOf(id)?.modifiedSince(since) ?? [])
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
        ? { moved: false, summary: { conversationId: id, count: 0, mentioned: false } }
        : { ...log.markRead(clientId, upTo, now), summary: log.unread(clientId) };
    },

    unread: (clientId, since, limit) =>
      [...(memberships.get(clientId) ?? [])]
        .flatMap((id) => logOf(id) ?? [])
        .map((log) => ({ summary: log.unread(clientId), markedAt: log.markedAt(clientId) }))
        .filter(({ summary, markedAt }) => summary.count > 0 || (since !== undefined && markedAt !== undefined && markedAt >= since))
        .map(({ summary }) => summary)
        .sort((a, b) => (b.last?.timestamp ?? 0) - (a.last?.timestamp ?? 0))
        .slice(0, limit),

    saveSession: (session, now) => {
      // Those that were saved first come first: where one has not expired, later ones have not either.
      for (const { token, expiresAt } of sessions.values()) {
        if (expiresAt > now) break;
        forget(token);
      }
      sessions.delete(session.token);
      sessions.set(session.token, session);
      tokens.set(session.clientId, (tokens.get(session.clientId) ?? new Set()).add(session.token));
    },
    session: (token) => sessions.get(token),
    displaceSessions: (clientId, tag, except) => {
      for (const token of tokens.get(clientId) ?? []) {
        const session = sessions.get(token);
        if (session?.tag === tag && token !== except) sessions.set(token, { ...session, displaced: true });
      }
    },
    forgetSession: forget,
    forgetSessions: (clientId) => {
      for (const token of tokens.get(clientId) ?? []) forget(token);
    },
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
    displaceSessions: asynchronous(store.displaceSessions),
    forgetSession: asynchronous(store.forgetSession),
    forgetSessions: asynchronous(store.forgetSessions),
    close: asynchronous(store.close),
  };
};

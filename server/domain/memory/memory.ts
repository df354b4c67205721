/** Conversations, their messages and their sessions in memory. Every call is synchronous. */
import { defined } from '../../../codecs/defined.js';
import type { ConversationInfo, ConversationKind } from '../../../codecs/index.js';
import { DEFAULT_STEPS } from '../query/budget.js';
import { select } from '../query/select.js';
import { isAll, whereIds, whereMember, withoutMember } from '../query/where.js';
import type { ConversationSearch, OfflineMessages, StoredMessage, UnreadSummary } from '../records.js';
import { isByActivity } from './by-activity.js';
import { describedAfter } from '../conversations/attribute-edits.js';
import { infoOf } from '../conversations/new-conversation.js';
import type { ConversationLog } from './conversation-log.js';
import { earliestChanges } from './earliest-changes.js';
import { audienceOf } from '../messages/history.js';
import {
  admitted,
  changeList,
  describe,
  giveRole,
  pageOfList,
  listedAmong,
  silencedAmong,
  silenceUntil,
  speakingIn,
  withMuted,
  type HeldConversation,
} from './held-conversation.js';
import { heldConversations } from './held-conversations.js';
import { movingIn } from './moving-in.js';
import type { Memory } from './memory-calls.js';
import type { MemoryOptions } from './memory-options.js';
import { keptByKind } from './retention.js';
import { memorySessions } from './sessions.js';

export type { Memory } from './memory-calls.js';

export const createMemory = ({
  unreadLimit = 100,
  querySteps = DEFAULT_STEPS,
  notices = 5_000,
  noticeBytes = 1_048_576,
  tokens = 100,
  queriedConversations = 5_000,
  now,
  settled = now,
  newConversationId,
  newMessageId,
  ...limits
}: MemoryOptions): Memory => {
  const kept = keptByKind(limits);
  const sessions = memorySessions({ notices, noticeBytes, tokens }, settled);
  const conversations = heldConversations({ unreadLimit, kept, now, settled });
  const { find, remove, put, byMessage: messages } = conversations;

  const described = (id: string): ConversationInfo | undefined => {
    const conversation = find(id);
    return conversation === undefined ? undefined : describe(conversation);
  };

  /** The earliest time of messages that are shown. */
  const oldest = (kind: ConversationKind): number => now() - kept[kind].historyTime;

  /** Deletes messages that are too old or too many. The clock may be ahead for a moment: `settled` is not. */
  const trim = ({ info, log }: HeldConversation): void => {
    const { historyTime, historyMessages } = kept[info.kind];
    log.trim(Math.min(now(), settled()) - historyTime, historyMessages);
  };

  /** The log of a conversation, without expired messages. */
  const logOf = (id: string): ConversationLog | undefined => {
    const conversation = find(id);
    if (conversation !== undefined) trim(conversation);
    return conversation?.log;
  };

  const withKind = <S extends { readonly conversationId: string; readonly kind?: ConversationKind }>(summary: S): S => {
    const kind = find(summary.conversationId)?.info.kind;
    return kind === undefined ? summary : { kind, ...summary };
  };

  const newestAt = (log: ConversationLog): number => log.last()?.timestamp ?? -Infinity;

  /**
   * The conversations of a client that may have unread messages, the one with the latest message first: all system
   * conversations that it has subscribed to, and those others that are known to.
   */
  const latestFirst = function* (clientId: string, since?: number): Iterable<ConversationLog> {
    const crowded = [...messages.crowded(clientId)].flatMap((id) => logOf(id) ?? []);
    crowded.sort((a, b) => newestAt(a) - newestAt(b));
    for (const id of messages.unread(clientId, since)) {
      const log = logOf(id);
      if (log?.last() === undefined) continue;
      for (let next = crowded.at(-1); next !== undefined && newestAt(next) > newestAt(log); next = crowded.at(-1)) {
        crowded.pop();
        yield next;
      }
      yield log;
    }
    yield* crowded.reverse().filter((log) => log.last() !== undefined);
  };

  /** A message has come. */
  const noteMessage = (conversation: HeldConversation, { from, timestamp }: StoredMessage): void => {
    const { info, members } = conversation;
    conversations.byActivity.touch(info.id, members);
    // Nobody is told of the messages of a system conversation one by one: they are looked at when a client logs in.
    messages.appended(info.id, info.kind === 'system' ? [] : members, from, timestamp);
  };

  /**
   * A page of a client's own conversations in the order of their activity, as the lists of clients ask for it. Only the
   * conversations of the page are looked at. Undefined if the search is another one.
   */
  const pageByActivity = (search: ConversationSearch, member: string): readonly ConversationInfo[] | undefined => {
    const { where, sort = '', skip, limit, seen, viewer } = search;
    if (viewer?.clientId !== member || !isByActivity(sort) || !isAll(withoutMember(where, member))) return undefined;
    const ids = conversations.byActivity.page(member, skip, limit);
    const page = ids.flatMap((id) => {
      const info = described(id);
      return (info === undefined ? undefined : seen(info)) ?? [];
    });
    return page.length === ids.length ? page : undefined;
  };

  const removeMembers = (id: string, wanted: readonly string[]): readonly string[] => {
    const conversation = find(id);
    const gone = new Set(wanted.filter((member) => conversation?.members.has(member)));
    if (conversation === undefined || gone.size === 0) return [];
    const { info, members, roles, log } = conversation;
    const stays = (member: string): boolean => !gone.has(member);
    conversation.info = {
      ...info,
      members: (info.members ?? []).filter(stays),
      ...defined({ mutedMembers: info.mutedMembers?.filter(stays) }),
    };
    for (const member of gone) {
      members.delete(member);
      conversation.joinedAt.delete(member);
      // An owner that comes back is the owner again; a manager that comes back is a plain member.
      if (roles.get(member) === 'Manager') roles.delete(member);
    }
    conversations.part(id, gone);
    log.forgetOthers(members);
    return [...gone];
  };

  return {
    put: (info) => {
      put(info);
    },
    createConversation: (draft) => {
      const existing = draft.unique ? described(conversations.idOf(draft) ?? '') : undefined;
      if (existing !== undefined) return { info: existing, isNew: false };
      conversations.checkRoom(draft);
      const id = newConversationId();
      const info = infoOf(draft.kind === 'temporary' ? `_tmp:${id}` : id, draft);
      put(info);
      return { info, isNew: true };
    },

    conversations: (ids) => ids.flatMap((id) => described(id) ?? []),

    find: (search) => {
      const [ids, member] = [whereIds(search.where), whereMember(search.where)];
      if (ids !== undefined || member === undefined)
        return select(search, ids ?? conversations.visible(search, queriedConversations), described, querySteps);
      const page = pageByActivity(search, member);
      if (page !== undefined) return page;
      // All of these have the member, so their lists of members need not be searched.
      const rest = { ...search, where: withoutMember(search.where, member), needsMembers: true };
      return select(rest, [...conversations.of(member)], described, querySteps);
    },

    deleteConversation: remove,

    addMembers: (id, wanted, limit, most = Infinity) => {
      const conversation = find(id);
      if (conversation === undefined) return undefined;
      const { info, members } = conversation;
      const admission = admitted(conversation, wanted, limit, (clientId) => conversations.of(clientId).size < most);
      if (admission.added.length > 0)
        conversation.info = { ...info, members: (info.members ?? []).concat(admission.added) };
      for (const member of admission.added) {
        members.add(member);
        if (info.kind === 'system') conversation.joinedAt.set(member, now());
      }
      conversations.join(id, admission.added);
      return admission;
    },

    removeMembers,

    standings: (clientId, ids) =>
      new Map(
        ids.flatMap((id) => {
          const conversation = find(id);
          if (conversation?.members.has(clientId) !== true) return [];
          const muted = conversation.info.mutedMembers?.includes(clientId) === true;
          return [[id, { ...defined({ joinedAt: conversation.joinedAt.get(clientId) }), muted }]];
        }),
      ),

    updateConversation: (id, change, at) => {
      const conversation = find(id);
      if (conversation === undefined) return undefined;
      const updated = change.edits === undefined && change.name === undefined ? {} : { updatedAt: at };
      conversation.info = { ...conversation.info, ...describedAfter(conversation.info, change), ...updated };
      return describe(conversation);
    },

    setMuted: (id, clientId, muted) => {
      const conversation = find(id);
      if (conversation?.members.has(clientId) !== true) return;
      conversation.info = withMuted(conversation.info, clientId, muted);
    },

    setRole: (id, clientId, role) => {
      const conversation = find(id);
      if (conversation !== undefined) giveRole(conversation, clientId, role);
    },

    roles: (id) => new Map(find(id)?.roles),

    hasRoles: (id) => find(id)?.hasRoles === true,

    setListed: (id, list, clientIds, listed, limit) => {
      const conversation = find(id);
      if (conversation === undefined) return { changed: [], full: [...clientIds], removed: [] };
      const { lists, members, blockedMembers } = conversation;
      const { changed, full } = changeList(lists[list], clientIds, listed, limit);
      if (list === 'silenced') return { changed, full, removed: [] };
      if (!listed)
        return { changed, full, removed: [], wereMembers: changed.filter((one) => blockedMembers.delete(one)) };
      for (const clientId of changed) if (members.has(clientId)) blockedMembers.add(clientId);
      // Not only those that are new on the list: who is blocked is no member.
      const blocked = clientIds.filter((one) => lists.blocked.has(one));
      return { changed, full, removed: removeMembers(id, blocked) };
    },

    silenceUntil: (id, ...how) => silenceUntil(find(id), ...how),

    listed: (id, list, limit, after = '') => pageOfList(find(id)?.lists[list] ?? new Set(), limit, after),

    whoIsListed: (id, list, clientIds) => listedAmong(find(id)?.lists[list], clientIds),

    whoIsSilenced: (id, clientIds) => silencedAmong(find(id), clientIds, now()),

    speaking: (id, clientId) => {
      const conversation = find(id);
      if (conversation === undefined) return { _tag: 'NoConversation' };
      const _tag = speakingIn(conversation, clientId, now());
      return _tag === 'MaySpeak' ? { _tag, info: describe(conversation) } : { _tag };
    },

    say: (given) => {
      const { speaker } = given;
      const conversation = find(given.conversationId);
      if (conversation === undefined) return { _tag: 'NoConversation' };
      const _tag = speakingIn(conversation, speaker, now());
      if (_tag !== 'MaySpeak') return { _tag };
      const { info, log } = conversation;
      trim(conversation);
      const wanted = info.kind === 'system' && speaker !== undefined ? { ...given, to: [] } : given;
      const { message, repeated } = log.append(wanted, newMessageId);
      if (!repeated) noteMessage(conversation, message);
      return repeated ? { _tag: 'Repeated', message } : { _tag: 'Appended', message, ...audienceOf(info, message) };
    },

    message: (id, key) => logOf(id)?.message(key),

    append: (message, id, at) => {
      const { conversationId } = message;
      const log = logOf(conversationId);
      const conversation = find(conversationId);
      if (log === undefined || conversation === undefined)
        throw new Error(`there is no conversation ${conversationId}`);
      const appended = log.append(message, id === undefined ? newMessageId : () => id, at);
      if (!appended.repeated) noteMessage(conversation, appended.message);
      return appended;
    },

    history: (query) => {
      const kind = find(query.conversationId)?.info.kind;
      return kind === undefined ? [] : (logOf(query.conversationId)?.history(query, oldest(kind)) ?? []);
    },

    modify: (edit) => {
      const conversation = find(edit.conversationId);
      if (conversation === undefined) return { _tag: 'NoConversation' };
      const { info, log } = conversation;
      const _tag = speakingIn(conversation, edit.by, now());
      if (_tag !== 'MaySpeak') return { _tag };
      const result = log.modify(edit, info.members ?? []);
      if (result._tag !== 'Modified') return result;
      if (info.kind !== 'system')
        messages.changed(info.id, conversation.members, result.unreadBy, edit.recall ? edit.now : undefined);
      return { ...result, ...audienceOf(info, result.message) };
    },

    deleteMessage: (id, messageId) => logOf(id)?.remove(messageId) ?? false,

    modifiedSince: (clientId, since, limit) =>
      earliestChanges(
        [...messages.withChanges(clientId), ...messages.crowded(clientId)].flatMap((id) => logOf(id) ?? []),
        since,
        limit,
        (log) => log.modifiedSince(clientId, since, limit),
      ),

    receipts: (id) => logOf(id)?.receipts() ?? [],

    offline: (clientId, conversationLimit, messageLimit) => {
      const missed: OfflineMessages[] = [];
      for (const log of latestFirst(clientId)) {
        if (missed.length >= conversationLimit) break;
        const offline = log.offline(clientId, messageLimit);
        if (offline.messages.length > 0) missed.push(withKind(offline));
      }
      return missed;
    },

    unreadIn: (id, clientId) =>
      withKind(logOf(id)?.unread(clientId) ?? { conversationId: id, count: 0, mentioned: false }),

    unreadOf: (id, clientIds) => {
      const log = logOf(id);
      return new Map(log === undefined ? [] : clientIds.map((clientId) => [clientId, withKind(log.unread(clientId))]));
    },

    acknowledge: (id, clientId, arrived, at) => logOf(id)?.acknowledge(clientId, arrived, at) ?? [],

    markRead: (id, clientId, upTo, at) => {
      const log = logOf(id);
      if (log === undefined) return { moved: false, summary: { conversationId: id, count: 0, mentioned: false } };
      const [marked, summary] = [log.markRead(clientId, upTo, at), withKind(log.unread(clientId))];
      if (marked.moved) messages.read(id, clientId, summary.count === 0, at);
      return { ...marked, summary };
    },

    unread: (clientId, since, limit) => {
      const summaries: UnreadSummary[] = [];
      for (const log of latestFirst(clientId, since)) {
        if (summaries.length >= limit) break;
        const summary = log.unread(clientId);
        const lessAt = log.unreadLessAt(clientId);
        if (summary.count > 0 || (since !== undefined && lessAt !== undefined && lessAt >= since))
          summaries.push(withKind(summary));
        if (summary.count === 0) messages.nothingUnread(summary.conversationId, clientId);
      }
      return summaries.toSorted((a, b) => (b.last?.timestamp ?? 0) - (a.last?.timestamp ?? 0));
    },

    ...movingIn({ conversations, described, oldest }),

    sweep: (count) => {
      sessions.removeExpired(now());
      for (const id of conversations.next(count)) logOf(id);
      return conversations.areKept() || sessions.isKept();
    },
    sessions,
  };
};

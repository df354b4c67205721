/** Conversations and messages of another server move into the memory. */
import { defined } from '../../../codecs/defined.js';
import type { ConversationInfo, ConversationKind } from '../../../codecs/index.js';
import { arrivedInfo, movedOf } from '../moving/conversation.js';
import { byConversation } from '../moving/groups.js';
import { timesOfTheirOwn } from '../moving/times.js';
import { eachOnce, isEmptyStanding, keyOfStanding, missingOf } from '../moving/standings.js';
import type { MessageMoved, MovedStanding, StandingMoved, StoredMessage } from '../records.js';
import type { HeldConversation } from './held-conversation.js';
import type { HeldConversations } from './held-conversations.js';
import type { Memory } from './memory-calls.js';

interface Options {
  readonly conversations: HeldConversations;
  readonly described: (id: string) => ConversationInfo | undefined;
  /** The earliest time of messages that are shown. */
  readonly oldest: (kind: ConversationKind) => number;
}

export const movingIn = ({
  conversations,
  described,
  oldest,
}: Options): Pick<
  Memory,
  'importConversation' | 'importMessages' | 'conversationPage' | 'importStandings' | 'standingPage'
> => {
  const { find, remove, put, byMessage: messages } = conversations;

  /** Stores messages of a conversation that come from another server. */
  const arrive = (
    { info, log, members }: HeldConversation,
    wanted: readonly StoredMessage[],
    direction: 'old' | 'new',
  ): ReadonlyMap<StoredMessage, MessageMoved> => {
    const results = new Map<StoredMessage, MessageMoved>();
    for (const message of wanted)
      if (log.message({ id: message.id }) !== undefined) results.set(message, { _tag: 'Present' });
      else if (message.timestamp < oldest(info.kind)) results.set(message, { _tag: 'TooOld' });
    const news = wanted.filter((message) => !results.has(message));
    const steps = timesOfTheirOwn(news, direction);
    let step = steps.next();
    while (step.done !== true) step = steps.next(log.taken(step.value));
    const times = step.value;
    const timed = news.map((message, place) => ({ ...message, timestamp: times[place] ?? message.timestamp }));
    log.insert(timed);
    conversations.byActivity.touch(info.id, members);
    const told = info.kind === 'system' ? [] : members;
    const newest = log.last();
    // Who has sent it may not have read the others.
    if (newest !== undefined) messages.appended(info.id, told, '', newest.timestamp);
    if (timed.some(({ editedAt }) => editedAt !== undefined)) messages.changed(info.id, told, []);
    for (const [place, message] of news.entries())
      results.set(message, { _tag: 'Stored', timestamp: times[place] ?? message.timestamp });
    return results;
  };

  const standingOf = (conversation: HeldConversation, clientId: string): MovedStanding => {
    const { info, log, joinedAt, lists, silences, blockedMembers } = conversation;
    return {
      conversationId: info.id,
      clientId,
      ...log.marksOf(clientId),
      ...defined({
        joinedAt: joinedAt.get(clientId),
        silenced: lists.silenced.has(clientId) ? true : undefined,
        silencedUntil: silences.get(clientId),
        blocked: lists.blocked.has(clientId) ? { wasMember: blockedMembers.has(clientId) } : undefined,
      }),
    };
  };

  const arriveStanding = (moved: MovedStanding): StandingMoved => {
    const conversation = find(moved.conversationId);
    if (conversation === undefined) return { _tag: 'NoConversation' };
    const { info, log, members, lists } = conversation;
    const { clientId } = moved;
    const known = { ...standingOf(conversation, clientId), isMember: members.has(clientId) };
    const missing = missingOf(moved, known);
    if (isEmptyStanding(missing)) return { _tag: 'Present' };
    const { joinedAt, silenced, silencedUntil, blocked, read } = missing;
    log.mark(clientId, missing);
    if (read !== undefined) messages.read(info.id, clientId, false, read.at);
    if (joinedAt !== undefined) conversation.joinedAt.set(clientId, joinedAt);
    if (silenced === true) lists.silenced.add(clientId);
    if (silencedUntil !== undefined) conversation.silences.set(clientId, silencedUntil);
    if (blocked !== undefined) lists.blocked.add(clientId);
    if (blocked?.wasMember === true) conversation.blockedMembers.add(clientId);
    return { _tag: 'Stored' };
  };

  return {
    importStandings: (given) => {
      const results = new Map([...eachOnce(given)].map(([key, moved]) => [key, arriveStanding(moved)]));
      return given.map((moved) => results.get(keyOfStanding(moved)) ?? { _tag: 'Present' });
    },

    standingPage: (id, limit, after = '') => {
      const conversation = find(id);
      if (conversation === undefined) return { standings: [] };
      const { log, joinedAt, lists, silences } = conversation;
      const all = [...log.marked(), ...joinedAt.keys(), ...lists.silenced, ...lists.blocked, ...silences.keys()];
      const clients = [...new Set(all)].filter((client) => client > after).sort();
      const page = clients.slice(0, limit);
      return {
        standings: page.map((client) => standingOf(conversation, client)),
        ...defined({ next: clients.length > limit ? page.at(-1) : undefined }),
      };
    },

    importConversation: (moved) => {
      const { id, lastMessageAt, isFoundByMembers } = moved;
      if (find(id) !== undefined) return { _tag: 'Present' };
      const info = arrivedInfo(moved);
      const isFound = info.unique === true && isFoundByMembers !== false;
      const twin = isFound ? described(conversations.idOf(info) ?? '')?.id : undefined;
      const { log } = put(info, isFound && twin === undefined);
      if (lastMessageAt !== undefined) log.noteActivity(lastMessageAt);
      if (find(id) !== undefined) return { _tag: 'Stored', ...defined({ twin }) };
      remove(id);
      return { _tag: 'Ended' };
    },

    importMessages: (given, direction = 'new') => {
      const results = new Map<StoredMessage, MessageMoved>();
      for (const [id, wanted] of byConversation(given)) {
        const conversation = find(id);
        if (conversation === undefined) continue;
        for (const [message, result] of arrive(conversation, wanted, direction)) results.set(message, result);
      }
      return given.map(
        (message) =>
          results.get(message) ?? { _tag: find(message.conversationId) === undefined ? 'NoConversation' : 'Present' },
      );
    },

    conversationPage: (limit, after = '') => {
      const ids = conversations.idsAfter(after, limit + 1);
      const page = ids.slice(0, limit);
      const infos = page.flatMap((id) => described(id) ?? []);
      return {
        conversations: infos.map((info) => movedOf(info, conversations.idOf(info) === info.id)),
        ...defined({ next: ids.length > limit ? page.at(-1) : undefined }),
      };
    },
  };
};

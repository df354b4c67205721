/** Conversations and messages that come from another server. */
import { isSignalType, type ConversationKind } from '../../../codecs/index.js';
import { uniqueKey } from '../../domain/memory/held-conversation.js';
import { arrivedInfo } from '../../domain/moving/conversation.js';
import { byConversation } from '../../domain/moving/groups.js';
import { timesOfTheirOwn } from '../../domain/moving/times.js';
import type { ConversationMoved, MessageMoved, MovedConversation, StoredMessage } from '../../domain/records.js';
import type { ImportWrites, Reads, Setting } from './calls.js';
import { listOf, number, text, type Row } from './columns.js';
import { removeConversation } from './conversation-writes.js';
import { attributesText, endOf, kindOf, someOf } from './rows.js';
import { all, one, run, type Steps } from './steps.js';

const newestOf = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));

export const importWrites = ({ sql, bounds, time, keyOf }: Setting, reads: Reads): ImportWrites => {
  const { head } = reads;

  /** Deletes what is left of a conversation that has ended, and of one that was deleted. */
  const clear = function* (id: string): Steps<void> {
    if ((yield* one(sql.head, id)) !== undefined) yield* removeConversation(sql, id);
    if ((yield* one(sql.isDeleted, id)) === undefined) return;
    for (const statement of sql.forgetDeleted) yield* run(statement, id);
  };

  /** The unique conversation that these members find. */
  const twinOf = function* (key: string): Steps<string | undefined> {
    const found = yield* one(sql.idOfUnique, key);
    if (found === undefined) return undefined;
    const id = text(found, 'id');
    if ((yield* head(id)) !== undefined) return id;
    yield* run(sql.noLongerUnique, id);
    return undefined;
  };

  const importConversation = function* (moved: MovedConversation): Steps<ConversationMoved> {
    const { id, kind, lastMessageAt, isFoundByMembers, createdAt, updatedAt } = moved;
    if ((yield* head(id)) !== undefined) return { _tag: 'Present' };
    const { creator, members = [], mutedMembers = [], name, unique = false, ttl, attributes } = arrivedInfo(moved);
    const row: Row = {
      kind,
      created_at: createdAt,
      updated_at: updatedAt,
      ttl: ttl ?? null,
      last_at: lastMessageAt ?? null,
    };
    if (endOf(row, bounds.kept) <= time()) return { _tag: 'Ended' };
    yield* clear(id);
    const key = unique && isFoundByMembers !== false ? keyOf(uniqueKey({ kind, members })) : undefined;
    const twin = key === undefined ? undefined : yield* twinOf(key);
    const ownKey = twin === undefined ? key : undefined;
    const described = [id, kind, creator, name, attributesText(attributes), unique, ownKey, ttl, createdAt, updatedAt];
    yield* run(sql.insertConversation, ...described);
    yield* run(sql.insertLog, id);
    if (lastMessageAt !== undefined) yield* run(sql.noteActivity, id, lastMessageAt);
    if (members.length > 0) yield* run(sql.addMembers, id, listOf(members));
    for (const member of mutedMembers) yield* run(sql.setMuted, id, member, true);
    if (creator !== undefined) yield* run(sql.setRole, id, creator, 'Owner');
    return { _tag: 'Stored', ...(twin === undefined ? {} : { twin }) };
  };

  const insert = function* (message: StoredMessage, timestamp: number, isSystem: boolean): Steps<void> {
    const { id, conversationId, from, to, type, msg, binaryMsg, receipt, mentions, mentionsAll } = message;
    const { editedAt, deliveredAt, readAt } = message;
    yield* run(
      sql.importMessage,
      ...[conversationId, timestamp, id, from, type, msg, binaryMsg, receipt, someOf(mentions), mentionsAll],
      to === undefined ? undefined : listOf(to),
      isSystem && to === undefined ? 1 : undefined,
      ...[editedAt, deliveredAt, readAt],
    );
    if (to !== undefined) yield* run(sql.address, conversationId, timestamp, listOf([...new Set([...to, from])]));
  };

  /** Stores messages of one conversation. */
  const arrive = function* (
    id: string,
    wanted: readonly StoredMessage[],
    kind: ConversationKind,
    direction: 'old' | 'new',
  ): Steps<ReadonlyMap<StoredMessage, MessageMoved>> {
    const results = new Map<StoredMessage, MessageMoved>();
    const rows = yield* all(sql.knownIds, id, listOf(wanted.map((message) => message.id)));
    const known = new Set(rows.map((row) => text(row, 'id')));
    const oldest = time() - bounds.kept[kind].historyTime;
    for (const message of wanted)
      if (known.has(message.id)) results.set(message, { _tag: 'Present' });
      else if (message.timestamp < oldest) results.set(message, { _tag: 'TooOld' });
    const news = wanted.filter((message) => !results.has(message));
    if (news.length === 0) return results;
    const steps = timesOfTheirOwn(news, direction);
    let step = steps.next();
    while (step.done !== true) {
      const taken = yield* all(sql.takenTimes, id, JSON.stringify(step.value));
      step = steps.next(taken.map((row) => number(row, 'ts')));
    }
    const times = step.value;
    const publicTimes: number[] = [];
    for (const [place, message] of news.entries()) {
      const timestamp = times[place] ?? message.timestamp;
      yield* insert(message, timestamp, kind === 'system');
      if (message.to === undefined && !isSignalType(message.type)) publicTimes.push(timestamp);
      results.set(message, { _tag: 'Stored', timestamp });
    }
    yield* run(sql.noteImported, id, newestOf(times), newestOf(publicTimes), news.length);
    return results;
  };

  return {
    *importConversations(all) {
      const results: ConversationMoved[] = [];
      for (const moved of all) results.push(yield* importConversation(moved));
      return results;
    },

    *importMessages(given, direction = 'new') {
      const results = new Map<StoredMessage, MessageMoved>();
      const missing = new Set<string>();
      for (const [id, wanted] of byConversation(given)) {
        const row = yield* head(id);
        if (row === undefined) missing.add(id);
        else
          for (const [message, result] of yield* arrive(id, wanted, kindOf(row), direction))
            results.set(message, result);
      }
      return given.map(
        (message) =>
          results.get(message) ?? { _tag: missing.has(message.conversationId) ? 'NoConversation' : 'Present' },
      );
    },
  };
};

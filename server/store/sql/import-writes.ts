/** Conversations and messages that come from another server. A call has many of them, and takes few statements. */
import { isSignalType, type ConversationKind } from '../../../codecs/index.js';
import { uniqueKey } from '../../domain/memory/held-conversation.js';
import { arrivedInfo } from '../../domain/moving/conversation.js';
import { byConversation } from '../../domain/moving/groups.js';
import {
  eachOnce,
  isEmptyStanding,
  keyOfStanding,
  missingOf,
  type KnownStanding,
} from '../../domain/moving/standings.js';
import { timesOfTheirOwn } from '../../domain/moving/times.js';
import type { ConversationMoved, MessageMoved, MovedConversation, StoredMessage } from '../../domain/records.js';
import type { ImportWrites, Reads, Setting } from './calls.js';
import { flag, listOf, number, rowsOf, text, type Row } from './columns.js';
import { removeConversation } from './conversation-writes.js';
import { hasTime, timeInId } from './message-ids.js';
import { attributesText, endOf, kindOf, someOf, standingOf } from './rows.js';
import { all, run, type Steps } from './steps.js';

const newestOf = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));

/** The conversations in groups, in which each id is once. */
const withoutRepetition = (given: readonly MovedConversation[]): readonly (readonly MovedConversation[])[] => {
  const groups: MovedConversation[][] = [];
  let ids = new Set<string>();
  for (const moved of given) {
    const group = groups.at(-1);
    if (group === undefined || ids.has(moved.id)) {
      groups.push([moved]);
      ids = new Set();
    } else group.push(moved);
    ids.add(moved.id);
  }
  return groups;
};

/** Messages of one conversation, which are new. */
interface Arrival {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly messages: readonly StoredMessage[];
  readonly times: Generator<readonly number[], readonly number[], readonly number[]>;
}

type Rows = Parameters<typeof rowsOf>[0][number][];

/** The times of each conversation. */
const groupedTimes = (rows: readonly Row[]): ReadonlyMap<string, readonly number[]> => {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const id = text(row, 'cid');
    const times = groups.get(id) ?? [];
    groups.set(id, times);
    times.push(number(row, 'ts'));
  }
  return groups;
};

export const importWrites = ({ sql, bounds, time, keyOf }: Setting, reads: Reads): ImportWrites => {
  /** The heads of those of the conversations that have not ended, and the ids of those that have. */
  const headsOf = function* (
    ids: readonly string[],
  ): Steps<{ readonly heads: ReadonlyMap<string, Row>; readonly ended: readonly string[] }> {
    const rows = (yield* all(sql.heads, listOf(ids))).map((row) => [text(row, 'id'), row] as const);
    const isEnded = (row: Row): boolean => endOf(row, bounds.kept) <= time();
    return {
      heads: new Map(rows.filter(([, row]) => !isEnded(row))),
      ended: rows.filter(([, row]) => isEnded(row)).map(([id]) => id),
    };
  };

  /** Deletes what is left of conversations that have ended, and of those that were deleted. */
  const clear = function* (ids: readonly string[], ended: readonly string[]): Steps<void> {
    for (const id of ended) yield* removeConversation(sql, id);
    for (const row of yield* all(sql.areDeleted, listOf(ids)))
      for (const statement of sql.forgetDeleted) yield* run(statement, text(row, 'cid'));
  };

  /** The unique conversations that members find, by their keys. */
  const twinsOf = function* (keys: readonly string[]): Steps<Map<string, string>> {
    const twins = new Map<string, string>();
    if (keys.length === 0) return twins;
    for (const row of yield* all(sql.idsOfUnique, listOf(keys))) {
      const id = text(row, 'id');
      if ((yield* reads.head(id)) === undefined) yield* run(sql.noLongerUnique, id);
      else twins.set(text(row, 'unique_key'), id);
    }
    return twins;
  };

  const isOver = ({ kind, createdAt, updatedAt, ttl, lastMessageAt }: MovedConversation): boolean => {
    const times = { created_at: createdAt, updated_at: updatedAt, ttl: ttl ?? null, last_at: lastMessageAt ?? null };
    return endOf({ kind, ...times }, bounds.kept) <= time();
  };

  const keyFor = (moved: MovedConversation): string | undefined => {
    const { unique = false, isFoundByMembers, kind } = moved;
    const { members = [] } = arrivedInfo(moved);
    return unique && isFoundByMembers !== false ? keyOf(uniqueKey({ kind, members })) : undefined;
  };

  /** Stores conversations. Each id is there once. */
  const importConversations = function* (given: readonly MovedConversation[]): Steps<readonly ConversationMoved[]> {
    const ids = given.map(({ id }) => id);
    const { heads, ended } = yield* headsOf(ids);
    const news = given.filter((moved) => !heads.has(moved.id) && !isOver(moved));
    const newIds = new Set(news.map(({ id }) => id));
    yield* clear(
      [...newIds],
      ended.filter((id) => newIds.has(id)),
    );
    const keys = new Map(news.map((moved) => [moved.id, keyFor(moved)]));
    const twins = yield* twinsOf([...new Set([...keys.values()].filter((key) => key !== undefined))]);
    const results = new Map<string, ConversationMoved>();
    const conversations: Rows = [];
    const members: Rows = [];
    for (const moved of news) {
      const { id, kind, createdAt, updatedAt } = moved;
      const info = arrivedInfo(moved);
      const { creator, name, unique = false, ttl, attributes } = info;
      const key = keys.get(id);
      const twin = key === undefined ? undefined : twins.get(key);
      const ownKey = twin === undefined ? key : undefined;
      if (ownKey !== undefined) twins.set(ownKey, id);
      const described = [id, kind, creator, name, attributesText(attributes), unique, ownKey, ttl];
      conversations.push([...described, createdAt, updatedAt]);
      const muted = new Set(info.mutedMembers);
      for (const [place, member] of (info.members ?? []).entries())
        members.push([id, member, place + 1, muted.has(member)]);
      results.set(id, { _tag: 'Stored', ...(twin === undefined ? {} : { twin }) });
    }
    if (news.length > 0) {
      yield* run(sql.importConversations, rowsOf(conversations));
      yield* run(sql.importLogs, rowsOf(news.map(({ id, lastMessageAt }) => [id, lastMessageAt])));
    }
    const owners = news.flatMap(({ id, creator }) => (creator === undefined ? [] : [[id, creator]]));
    if (members.length > 0) yield* run(sql.importMembers, rowsOf(members));
    if (owners.length > 0) yield* run(sql.importOwners, rowsOf(owners));
    return given.map(({ id }) => results.get(id) ?? { _tag: heads.has(id) ? 'Present' : 'Ended' });
  };

  const insert = function* (
    arrivals: readonly Arrival[],
    timesOf: ReadonlyMap<Arrival, readonly number[]>,
  ): Steps<ReadonlyMap<StoredMessage, number>> {
    const rows: Rows = [];
    const audience: Rows = [];
    const notes: Rows = [];
    const withBytes: (readonly [id: string, timestamp: number, bytes: Uint8Array])[] = [];
    const stored = new Map<StoredMessage, number>();
    for (const arrival of arrivals) {
      const { id: cid, kind, messages } = arrival;
      const times = timesOf.get(arrival) ?? [];
      const publicTimes: number[] = [];
      for (const [place, message] of messages.entries()) {
        const { id, from, to, type, msg, binaryMsg, receipt, mentions, mentionsAll } = message;
        const { editedAt, deliveredAt, readAt } = message;
        const timestamp = times[place] ?? message.timestamp;
        rows.push([
          ...[cid, timestamp, id, from, type, msg, receipt, someOf(mentions), mentionsAll],
          to === undefined ? undefined : listOf(to),
          kind === 'system' && to === undefined ? 1 : undefined,
          ...[editedAt, deliveredAt, readAt, hasTime(id, timestamp)],
        ]);
        if (binaryMsg !== undefined) withBytes.push([cid, timestamp, binaryMsg]);
        if (to === undefined && !isSignalType(type)) publicTimes.push(timestamp);
        for (const client of to === undefined ? [] : new Set([...to, from])) audience.push([cid, client, timestamp]);
        stored.set(message, timestamp);
      }
      notes.push([cid, newestOf(times), newestOf(publicTimes), messages.length]);
    }
    yield* run(sql.importMessages, rowsOf(rows));
    for (const bytes of withBytes) yield* run(sql.importBytes, ...bytes);
    if (audience.length > 0) yield* run(sql.importAudience, rowsOf(audience));
    yield* run(sql.noteImported, rowsOf(notes));
    return stored;
  };

  /** Gives the messages of each conversation times that no other message has. */
  const timesOf = function* (arrivals: readonly Arrival[]): Steps<ReadonlyMap<Arrival, readonly number[]>> {
    const results = new Map<Arrival, readonly number[]>();
    let taken: ReadonlyMap<string, readonly number[]> | undefined;
    let waiting = arrivals;
    while (waiting.length > 0) {
      const asked: (readonly [id: string, time: number])[] = [];
      const goOn: Arrival[] = [];
      for (const arrival of waiting) {
        const { id, times } = arrival;
        const step = taken === undefined ? times.next([]) : times.next(taken.get(id) ?? []);
        if (step.done === true) results.set(arrival, step.value);
        else {
          goOn.push(arrival);
          for (const wanted of step.value) asked.push([id, wanted]);
        }
      }
      waiting = goOn;
      if (waiting.length > 0) taken = groupedTimes(yield* all(sql.takenTimes, rowsOf(asked)));
    }
    return results;
  };

  return {
    *importConversations(given) {
      const results: ConversationMoved[] = [];
      for (const group of withoutRepetition(given)) results.push(...(yield* importConversations(group)));
      return results;
    },

    *importStandings(given) {
      const { heads } = yield* headsOf([...new Set(given.map(({ conversationId }) => conversationId))]);
      const wanted = [...eachOnce(given).values()].filter(({ conversationId }) => heads.has(conversationId));
      const pairs = wanted.map(({ conversationId, clientId }) => [conversationId, clientId]);
      const known = new Map<string, KnownStanding>();
      for (const row of pairs.length === 0 ? [] : yield* all(sql.knownStandings, rowsOf(pairs))) {
        const standing = standingOf(row);
        known.set(keyOfStanding(standing), { ...standing, isMember: flag(row, 'is_member') });
      }
      const missing = wanted
        .map((moved) => missingOf(moved, known.get(keyOfStanding(moved)) ?? { isMember: false }))
        .filter((standing) => !isEmptyStanding(standing));
      const [marks, listed, silences, joined]: readonly [Rows, Rows, Rows, Rows] = [[], [], [], []];
      for (const { conversationId: id, clientId, joinedAt, read, received, ...lists } of missing) {
        if ((read ?? received) !== undefined)
          marks.push([id, clientId, read?.upTo, read?.at, received?.upTo, received?.at]);
        if (lists.silenced === true) listed.push([id, 'silenced', clientId, false]);
        if (lists.blocked !== undefined) listed.push([id, 'blocked', clientId, lists.blocked.wasMember]);
        if (lists.silencedUntil !== undefined) silences.push([id, clientId, lists.silencedUntil]);
        if (joinedAt !== undefined) joined.push([id, clientId, joinedAt]);
      }
      for (const [statement, rows] of [
        [sql.importMarks, marks],
        [sql.importListed, listed],
        [sql.importSilences, silences],
        [sql.importJoined, joined],
      ] as const)
        if (rows.length > 0) yield* run(statement, rowsOf(rows));
      const stored = new Set(missing.map(keyOfStanding));
      return given.map((moved) => {
        if (!heads.has(moved.conversationId)) return { _tag: 'NoConversation' };
        return { _tag: stored.has(keyOfStanding(moved)) ? 'Stored' : 'Present' };
      });
    },

    *importMessages(given, direction = 'new') {
      const groups = byConversation(given);
      const { heads } = yield* headsOf([...groups.keys()]);
      const pairs = [...groups].flatMap(([id, messages]) =>
        heads.has(id) ? messages.map((one) => [id, one.id, timeInId(one.id)]) : [],
      );
      if (pairs.length === 0) return given.map(() => ({ _tag: 'NoConversation' }));
      const known = new Map<string, Set<string>>();
      for (const row of yield* all(sql.knownIds, rowsOf(pairs))) {
        const id = text(row, 'cid');
        known.set(id, (known.get(id) ?? new Set()).add(text(row, 'id')));
      }
      const results = new Map<StoredMessage, MessageMoved>();
      const arrivals: Arrival[] = [];
      for (const [id, wanted] of groups) {
        const row = heads.get(id);
        if (row === undefined) continue;
        const kind = kindOf(row);
        const oldest = time() - bounds.kept[kind].historyTime;
        const ids = known.get(id);
        const unknown = wanted.filter((message) => ids?.has(message.id) !== true);
        for (const message of unknown) if (message.timestamp < oldest) results.set(message, { _tag: 'TooOld' });
        const messages = unknown.filter(({ timestamp }) => !(timestamp < oldest));
        if (messages.length > 0) arrivals.push({ id, kind, messages, times: timesOfTheirOwn(messages, direction) });
      }
      if (arrivals.length > 0)
        for (const [message, timestamp] of yield* insert(arrivals, yield* timesOf(arrivals)))
          results.set(message, { _tag: 'Stored', timestamp });
      return given.map(
        (message) => results.get(message) ?? { _tag: heads.has(message.conversationId) ? 'Present' : 'NoConversation' },
      );
    },
  };
};

/** Changes of messages, and of how far they were received and read. */
import { randomBytes } from 'node:crypto';
import { defined } from '../../../codecs/defined.js';
import { isSignalType } from '../../../codecs/index.js';
import { applyEdit } from '../../domain/messages/edits.js';
import { audienceOf } from '../../domain/messages/history.js';
import type { Appended, NewMessage, StoredMessage } from '../../domain/records.js';
import type { MessageWrites, Reads, Setting } from './calls.js';
import { flag, listOf, maybeNumber, number, text, type Row } from './columns.js';
import { kindOf, messageOf, someOf } from './rows.js';
import { all, one, run, type Steps } from './steps.js';

/** Messages that one acknowledgement or read mark changes, at most: the newest of its stretch. */
const MARKED_AT_ONCE = 10_000;
/** Receipts that one acknowledgement causes, at most: those of the newest messages. */
const RECEIPTS_AT_ONCE = 1_000;

const messageIn = (row: Row | undefined): StoredMessage | undefined => (row === undefined ? row : messageOf(row));
const timeIn = (row: Row | undefined): number | undefined => (row === undefined ? row : maybeNumber(row, 'ts'));

export const messageWrites = ({ sql, timeOf }: Setting, reads: Reads): MessageWrites => {
  const { head, speakingIn } = reads;

  const membersNow = function* (id: string, row: Row): Steps<readonly string[]> {
    return (yield* reads.membersOf(id, number(row, 'members_version'))).all;
  };

  const append = function* ({ speaker, token, now, ...given }: NewMessage): Steps<Appended> {
    const { conversationId: id, from, receipt, mentions, mentionsAll, type, msg, binaryMsg } = given;
    const row = yield* head(id);
    if (row === undefined) return { _tag: 'NoConversation' };
    const kind = kindOf(row);
    const _tag = yield* speakingIn(id, kind, speaker);
    if (_tag !== 'MaySpeak') return { _tag };
    const before = token === undefined ? undefined : messageIn(yield* one(sql.messageByToken, id, from, token));
    if (before !== undefined) return { _tag: 'Repeated', message: before };
    const to = kind === 'system' && speaker !== undefined ? [] : given.to;
    const lastAt = maybeNumber(row, 'last_at');
    const timestamp = Math.max(timeOf(now), (lastAt ?? -1) + 1);
    const messageId = randomBytes(16).toString('base64url');
    yield* run(
      sql.insertMessage,
      ...[id, timestamp, messageId, from, token, type, msg, binaryMsg, receipt, someOf(mentions), mentionsAll],
      to === undefined ? undefined : listOf(to),
      kind === 'system' && to === undefined ? true : undefined,
    );
    if (to !== undefined) yield* run(sql.address, id, timestamp, listOf([...new Set([...to, from])]));
    yield* run(sql.noteLast, id, timestamp, to === undefined && !isSignalType(type) ? timestamp : undefined);
    const message: StoredMessage = {
      ...{ id: messageId, conversationId: id, from, timestamp, receipt, mentions, mentionsAll },
      ...defined({ to, type, msg, binaryMsg }),
    };
    // In a chat room, and for some clients only, the members are not asked for.
    const members = kind === 'room' || to !== undefined ? [] : yield* membersNow(id, row);
    return { _tag: 'Appended', message, ...audienceOf({ kind, members }, message) };
  };

  /** The newest part of a stretch of messages, so that a mark is not too expensive. */
  const newestOf = function* (id: string, from: number, to: number): Steps<number> {
    const nth = yield* one(sql.nthLast, id, from, to, MARKED_AT_ONCE - 1);
    return nth === undefined ? from : number(nth, 'ts');
  };

  return {
    *append(messages) {
      const results: Appended[] = [];
      for (const message of messages) results.push(yield* append(message));
      return results;
    },

    *modify(given) {
      const { conversationId: id, messageId, by, recall } = given;
      const now = timeOf(given.now);
      const row = yield* head(id);
      if (row === undefined) return { _tag: 'NoConversation' };
      const kind = kindOf(row);
      const _tag = yield* speakingIn(id, kind, by);
      if (_tag !== 'MaySpeak') return { _tag };
      const result = applyEdit(messageIn(yield* one(sql.messageById, id, messageId)), { ...given, now });
      if (result._tag !== 'Modified') return result;
      const { message } = result;
      const { timestamp, type, msg, binaryMsg, mentions, mentionsAll, editedAt, from, to } = message;
      yield* run(sql.editMessage, id, timestamp, type, msg, binaryMsg, someOf(mentions), mentionsAll, editedAt);
      if (recall) yield* run(sql.noteRecall, id, now);
      const members = kind === 'room' ? [] : yield* membersNow(id, row);
      const isConcerned = new Set(to ?? members);
      const unread = kind === 'room' ? [] : yield* all(sql.unreadBy, id, timestamp);
      const unreadBy = unread
        .map((row) => text(row, 'client'))
        .filter((member) => member !== from && isConcerned.has(member));
      return { ...result, unreadBy, ...audienceOf({ kind, members }, message) };
    },

    *deleteMessage(id, messageId) {
      if ((yield* head(id)) === undefined) return false;
      const at = timeIn(yield* one(sql.messageById, id, messageId));
      if (at === undefined) return false;
      yield* run(sql.deleteMessage, id, at);
      yield* run(sql.deleteAudience, id, at);
      yield* run(sql.noteDeletedOne, id);
      return true;
    },

    *acknowledge(id, clientId, arrived, given) {
      const now = timeOf(given);
      if ((yield* head(id)) === undefined) return [];
      const named = 'id' in arrived ? timeIn(yield* one(sql.messageById, id, arrived.id)) : undefined;
      const { from, to } = 'id' in arrived ? { from: named ?? Infinity, to: named ?? -Infinity } : arrived;
      const last = timeIn(yield* one(sql.lastWithin, id, from, to));
      if (last === undefined) return [];
      const mark = yield* one(sql.mark, id, clientId);
      const known = (mark === undefined ? undefined : maybeNumber(mark, 'acked_ts')) ?? -Infinity;
      yield* run(sql.markGot, id, clientId, last, now);
      if (last <= known) return [];
      // What this client has acknowledged before is not looked at again.
      const gap = from <= known + 1 ? undefined : yield* one(sql.isAnyWithin, id, known + 1, from - 1);
      if (gap === undefined || !flag(gap, 'is_any')) yield* run(sql.markAcked, id, clientId, last);
      const first = yield* newestOf(id, Math.max(from, known + 1), last);
      const delivered = (yield* all(sql.newlyDelivered, id, first, last, clientId, RECEIPTS_AT_ONCE)).map(messageOf);
      yield* run(sql.setDelivered, id, first, last, clientId, now);
      return delivered.reverse().map((message) => ({ ...message, deliveredAt: now }));
    },

    *markRead(id, clientId, upTo, given) {
      const now = timeOf(given);
      const row = yield* head(id);
      if (row === undefined) return { moved: false, summary: { conversationId: id, count: 0, mentioned: false } };
      const kind = kindOf(row);
      const mark = yield* one(sql.mark, id, clientId);
      const before = (mark === undefined ? undefined : maybeNumber(mark, 'read_ts')) ?? -1;
      const named =
        upTo === 'end' ? Infinity : 'id' in upTo ? timeIn(yield* one(sql.messageById, id, upTo.id)) : upTo.timestamp;
      const last = named === undefined ? undefined : timeIn(yield* one(sql.lastUpTo, id, named));
      if (last === undefined || last <= before)
        return { moved: false, summary: yield* reads.unreadIn(id, kind, clientId, before) };
      const first = yield* newestOf(id, before + 1, last);
      const read = messageIn(yield* one(sql.newlyRead, id, first, last, clientId));
      yield* run(sql.markRead, id, clientId, last, now);
      yield* run(sql.setRead, id, first, last, clientId, now);
      return {
        moved: true,
        ...(read === undefined ? {} : { newest: { ...read, readAt: now, deliveredAt: read.deliveredAt ?? now } }),
        summary: yield* reads.unreadIn(id, kind, clientId, last),
      };
    },
  };
};

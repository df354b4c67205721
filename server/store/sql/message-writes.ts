/** Changes of messages, and of how far they were received and read. */
import { isSignalType, type ConversationKind } from '../../../codecs/index.js';
import { mayAnybodySpeak } from '../../domain/conversations/access.js';
import { applyEdit } from '../../domain/messages/edits.js';
import { audienceOf } from '../../domain/messages/history.js';
import type { StoredMessage } from '../../domain/records.js';
import type { MessageWrites, Reads, Setting } from './calls.js';
import { flag, listOf, maybeNumber, number, text, type Row } from './columns.js';
import { hasTime, messageIds } from './message-ids.js';
import { addressedTo, type Packed, type Placed } from './placed.js';
import { kindOf, messageOf, someOf } from './rows.js';
import { all, one, run, type Steps } from './steps.js';

/** Messages that one acknowledgement or read mark changes, at most: the newest of its stretch. */
const MARKED_AT_ONCE = 10_000;
/** Receipts that one acknowledgement causes, at most: those of the newest messages. */
const RECEIPTS_AT_ONCE = 1_000;

const newId = messageIds();

const messageIn = (row: Row | undefined): StoredMessage | undefined => (row === undefined ? row : messageOf(row));
const timeIn = (row: Row | undefined): number | undefined => (row === undefined ? row : maybeNumber(row, 'ts'));

export const messageWrites = ({ sql, time, timeOf }: Setting, reads: Reads): MessageWrites => {
  const { head, speakingIn } = reads;

  const membersNow = function* (id: string, row: Row): Steps<readonly string[]> {
    return (yield* reads.membersOf(id, number(row, 'members_version'))).all;
  };

  /** A conversation that a batch has messages for; undefined if there is none. */
  interface Opened {
    readonly row: Row;
    readonly kind: ConversationKind;
    lastAt: number;
    /** The time of the newest message that everybody may see, if the batch has one. */
    publicAt?: number;
    added: number;
  }

  const open = function* (id: string): Steps<Opened | undefined> {
    const row = yield* head(id);
    return row === undefined ? row : { row, kind: kindOf(row), lastAt: maybeNumber(row, 'last_at') ?? -1, added: 0 };
  };

  const place = function* (opened: Opened | undefined, message: Packed): Steps<Placed> {
    if (opened === undefined) return { _tag: 'NoConversation' };
    const [id, from, speaker, token, type, msg, binaryMsg, receipt, mentions, mentionsAll, wanted, now] = message;
    const { row, kind } = opened;
    const to = addressedTo(kind, speaker, wanted);
    const timestamp = Math.max(timeOf(now), opened.lastAt + 1);
    const messageId = newId(timestamp);
    const inserted = yield* run(
      sql.insertMessage,
      ...[id, timestamp, messageId, from, token, type, msg, binaryMsg, receipt, someOf(mentions), mentionsAll],
      to === undefined ? undefined : listOf(to),
      kind === 'system' && to === undefined ? true : undefined,
      ...[speaker, time(), mayAnybodySpeak(kind), hasTime(messageId, timestamp)],
    );
    if (inserted === 0) {
      const _tag = yield* speakingIn(id, kind, speaker);
      if (_tag !== 'MaySpeak') return { _tag };
      const before = messageIn(yield* one(sql.messageByToken, id, from, token));
      if (before === undefined) throw new TypeError('a message was neither stored nor there');
      return { _tag: 'Repeated', message: before };
    }
    if (to !== undefined) yield* run(sql.address, id, timestamp, listOf([...new Set([...to, from])]));
    opened.lastAt = timestamp;
    opened.added += 1;
    if (to === undefined && !isSignalType(type)) opened.publicAt = timestamp;
    // In a chat room, and for some clients only, the members are not asked for.
    const members = kind === 'room' || to !== undefined ? [] : yield* membersNow(id, row);
    return [messageId, timestamp, kind, members];
  };

  /** The newest part of a stretch of messages, so that a mark is not too expensive. */
  const newestOf = function* (id: string, from: number, to: number): Steps<number> {
    const nth = yield* one(sql.nthLast, id, from, to, MARKED_AT_ONCE - 1);
    return nth === undefined ? from : number(nth, 'ts');
  };

  return {
    *place(messages) {
      // What is known of a conversation is read and written once, however many of the messages are for it.
      const conversations = new Map<string, Opened | undefined>();
      const results: Placed[] = [];
      for (const message of messages) {
        const [id] = message;
        if (!conversations.has(id)) conversations.set(id, yield* open(id));
        results.push(yield* place(conversations.get(id), message));
      }
      for (const [id, opened] of conversations)
        if (opened !== undefined && opened.added > 0)
          yield* run(sql.noteLast, id, opened.lastAt, opened.publicAt, opened.added);
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
      const result = applyEdit(messageIn(yield* reads.byId(id, messageId)), { ...given, now });
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
      const at = timeIn(yield* reads.byId(id, messageId));
      if (at === undefined) return false;
      yield* run(sql.deleteMessage, id, at);
      yield* run(sql.deleteAudience, id, at);
      yield* run(sql.noteDeletedOne, id);
      return true;
    },

    *acknowledge(id, clientId, arrived, given) {
      const now = timeOf(given);
      if ((yield* head(id)) === undefined) return [];
      const named = 'id' in arrived ? timeIn(yield* reads.byId(id, arrived.id)) : undefined;
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
      const named = upTo === 'end' ? Infinity : 'id' in upTo ? timeIn(yield* reads.byId(id, upTo.id)) : upTo.timestamp;
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

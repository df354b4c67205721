/** Changes of messages, and of how far they were received and read. */
import { randomBytes } from 'node:crypto';
import { defined } from '../../../codecs/defined.js';
import { isSignalType } from '../../../codecs/index.js';
import { applyEdit } from '../../domain/messages/edits.js';
import { audienceOf } from '../../domain/messages/history.js';
import type { Appended, NewMessage, StoredMessage } from '../../domain/records.js';
import type { MessageWrites, Reads } from './calls.js';
import { flag, listOf, maybeNumber, number, text, type Connection } from './connection.js';
import type { Row } from './driver.js';
import { kindOf, messageOf, someOf } from './rows.js';
import { sql } from './sql.js';

/** Messages that one acknowledgement or read mark changes, at most: the newest of its stretch. */
const MARKED_AT_ONCE = 10_000;
/** Receipts that one acknowledgement causes, at most: those of the newest messages. */
const RECEIPTS_AT_ONCE = 1_000;

const messageIn = (row: Row | undefined): StoredMessage | undefined => (row === undefined ? row : messageOf(row));
const timeIn = (row: Row | undefined): number | undefined => (row === undefined ? row : maybeNumber(row, 'ts'));

export const messageWrites = (connection: Connection, reads: Reads): MessageWrites => {
  const { all, one, run } = connection;
  const { head, speakingIn } = reads;

  const membersNow = (id: string, row: Row): readonly string[] =>
    reads.membersOf(id, number(row, 'members_version')).all;

  const append = ({ speaker, token, now, ...given }: NewMessage): Appended => {
    const { conversationId: id, from, receipt, mentions, mentionsAll, type, msg, binaryMsg } = given;
    const row = head(id);
    if (row === undefined) return { _tag: 'NoConversation' };
    const kind = kindOf(row);
    const _tag = speakingIn(id, kind, speaker);
    if (_tag !== 'MaySpeak') return { _tag };
    const before = token === undefined ? undefined : messageIn(one(sql.messageByToken, id, from, token));
    if (before !== undefined) return { _tag: 'Repeated', message: before };
    const to = kind === 'system' && speaker !== undefined ? [] : given.to;
    const lastAt = maybeNumber(row, 'last_at');
    const timestamp = lastAt === undefined ? now : Math.max(now, lastAt + 1);
    const messageId = randomBytes(16).toString('base64url');
    run(
      sql.insertMessage,
      ...[id, timestamp, messageId, from, token, type, msg, binaryMsg, receipt, someOf(mentions), mentionsAll],
      to === undefined ? undefined : listOf(to),
      kind === 'system' && to === undefined ? true : undefined,
    );
    if (to !== undefined) run(sql.address, id, timestamp, listOf([...new Set([...to, from])]));
    run(sql.noteLast, id, timestamp, to === undefined && !isSignalType(type) ? timestamp : undefined);
    const message: StoredMessage = {
      ...{ id: messageId, conversationId: id, from, timestamp, receipt, mentions, mentionsAll },
      ...defined({ to, type, msg, binaryMsg }),
    };
    // In a chat room, and for some clients only, the members are not asked for.
    const members = kind === 'room' || to !== undefined ? [] : membersNow(id, row);
    return { _tag: 'Appended', message, ...audienceOf({ kind, members }, message) };
  };

  /** The newest part of a stretch of messages, so that a mark is not too expensive. */
  const newestOf = (id: string, from: number, to: number): number => {
    const nth = one(sql.nthLast, id, from, to, MARKED_AT_ONCE - 1);
    return nth === undefined ? from : number(nth, 'ts');
  };

  return {
    append: (messages) => messages.map(append),

    modify: (edit) => {
      const { conversationId: id, messageId, by, recall, now } = edit;
      const row = head(id);
      if (row === undefined) return { _tag: 'NoConversation' };
      const kind = kindOf(row);
      const _tag = speakingIn(id, kind, by);
      if (_tag !== 'MaySpeak') return { _tag };
      const result = applyEdit(messageIn(one(sql.messageById, id, messageId)), edit);
      if (result._tag !== 'Modified') return result;
      const { message } = result;
      const { timestamp, type, msg, binaryMsg, mentions, mentionsAll, editedAt, from, to } = message;
      run(sql.editMessage, id, timestamp, type, msg, binaryMsg, someOf(mentions), mentionsAll, editedAt);
      if (recall) run(sql.noteRecall, id, now);
      const members = kind === 'room' ? [] : membersNow(id, row);
      const isConcerned = new Set(to ?? members);
      const unread = kind === 'room' ? [] : all(sql.unreadBy, id, timestamp).map((one) => text(one, 'client'));
      const unreadBy = unread.filter((member) => member !== from && isConcerned.has(member));
      return { ...result, unreadBy, ...audienceOf({ kind, members }, message) };
    },

    acknowledge: (id, clientId, arrived, now) => {
      if (head(id) === undefined) return [];
      const named = 'id' in arrived ? timeIn(one(sql.messageById, id, arrived.id)) : undefined;
      const { from, to } = 'id' in arrived ? { from: named ?? Infinity, to: named ?? -Infinity } : arrived;
      const last = timeIn(one(sql.lastWithin, id, from, to));
      if (last === undefined) return [];
      const mark = one(sql.mark, id, clientId);
      const known = (mark === undefined ? undefined : maybeNumber(mark, 'acked_ts')) ?? -Infinity;
      run(sql.markGot, id, clientId, last, now);
      if (last <= known) return [];
      // What this client has acknowledged before is not looked at again.
      const gap = from <= known + 1 ? undefined : one(sql.isAnyWithin, id, known + 1, from - 1);
      if (gap === undefined || !flag(gap, 'is_any')) run(sql.markAcked, id, clientId, last);
      const first = newestOf(id, Math.max(from, known + 1), last);
      const delivered = all(sql.newlyDelivered, id, first, last, clientId, RECEIPTS_AT_ONCE).map(messageOf);
      run(sql.setDelivered, id, first, last, clientId, now);
      return delivered.reverse().map((message) => ({ ...message, deliveredAt: now }));
    },

    markRead: (id, clientId, upTo, now) => {
      const row = head(id);
      if (row === undefined)
        return { moved: false, isEnd: true, summary: { conversationId: id, count: 0, mentioned: false } };
      const kind = kindOf(row);
      const mark = one(sql.mark, id, clientId);
      const before = (mark === undefined ? undefined : maybeNumber(mark, 'read_ts')) ?? -1;
      const newest = timeIn(one(sql.lastUpTo, id, Infinity));
      const named =
        upTo === 'end' ? Infinity : 'id' in upTo ? timeIn(one(sql.messageById, id, upTo.id)) : upTo.timestamp;
      const last = named === undefined ? undefined : timeIn(one(sql.lastUpTo, id, named));
      const isEnd = last === newest;
      if (last === undefined || last <= before)
        return { moved: false, isEnd, summary: reads.unreadIn(id, kind, clientId, before) };
      const first = newestOf(id, before + 1, last);
      const read = messageIn(one(sql.newlyRead, id, first, last, clientId));
      run(sql.markRead, id, clientId, last, now);
      run(sql.setRead, id, first, last, clientId, now);
      return {
        moved: true,
        isEnd,
        ...(read === undefined ? {} : { newest: { ...read, readAt: now, deliveredAt: read.deliveredAt ?? now } }),
        summary: reads.unreadIn(id, kind, clientId, last),
      };
    },
  };
};

/** Deletes what has ended, a slice at a time. */
import type { Setting, Sweeping } from './calls.js';
import { count, number, text, type Row } from './columns.js';
import { removeConversation } from './conversation-writes.js';
import { endOf, kindOf } from './rows.js';
import { removeToken } from './session-writes.js';
import { all, one, run, type Steps } from './steps.js';

/** Marks of clients that have left, in addition to those of the members. */
const MARKS_OF_OTHERS = 1_000;
/** How long a session is kept after its token has expired, ms: it may be open, and its token be renewed. */
const KEPT_SESSION = 2 * 86_400_000;
/** What one slice looks at or deletes, at most. */
const SWEPT_CONVERSATIONS = 200;
const SWEPT_ROWS = 1_000;

export const sweeping = ({ sql, bounds, time }: Setting): Sweeping => {
  /** The last conversation that was looked at. */
  let swept = '';

  const removeExpired = function* (at: number): Steps<void> {
    for (const row of yield* all(sql.expiredTokens, at - KEPT_SESSION, SWEPT_ROWS))
      yield* removeToken(sql, text(row, 'token'), text(row, 'client'));
  };

  /** Deletes a slice of a conversation that was deleted. */
  const endDeleted = function* (): Steps<void> {
    const deleted = yield* one(sql.aDeleted);
    if (deleted === undefined) return;
    const id = text(deleted, 'cid');
    yield* run(sql.messagesOfDeleted, id, SWEPT_ROWS);
    if ((yield* run(sql.endOfDeleted, id)) > 0) yield* run(sql.audienceOfDeleted, id);
  };

  /** Deletes messages that are too old or too many, at most so many. Gives how many it has deleted. */
  const trim = function* (row: Row, id: string, at: number, atMost: number): Steps<number> {
    const { historyTime, historyMessages } = bounds.kept[kindOf(row)];
    const old = yield* run(sql.deleteOld, id, at - historyTime, atMost);
    const tooMany = Math.min(number(row, 'messages') - old - historyMessages, atMost - old);
    const others = tooMany > 0 ? yield* run(sql.deleteOld, id, Infinity, Math.ceil(tooMany)) : 0;
    if (old + others > 0) {
      yield* run(sql.noteDeleted, id, old + others);
      yield* run(sql.deleteOldAudience, id);
    }
    return old + others;
  };

  return {
    *sweep() {
      const at = time();
      yield* removeExpired(at);
      yield* endDeleted();
      const page = yield* all(sql.walk, swept, SWEPT_CONVERSATIONS);
      let left = SWEPT_ROWS;
      for (const row of page) {
        const id = text(row, 'id');
        if (endOf(row, bounds.kept) <= at) yield* removeConversation(sql, id);
        else {
          left -= yield* trim(row, id, at, left);
          // The rest of this conversation comes with the next slice.
          if (left <= 0) return;
          if (count(yield* one(sql.markCount, id)) > count(yield* one(sql.memberCount, id)) + MARKS_OF_OTHERS)
            yield* run(sql.deleteMarksOfOthers, id);
        }
        swept = id;
      }
      if (page.length < SWEPT_CONVERSATIONS) swept = '';
    },
  };
};

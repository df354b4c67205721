/** Deletes what has ended, a slice at a time. */
import type { Bounds, Sweeping } from './calls.js';
import { count, maybeNumber, text, type Connection } from './connection.js';
import { removeConversation } from './conversation-writes.js';
import { endOf } from './rows.js';
import { removeToken } from './session-writes.js';
import { sql } from './sql.js';

/** Marks of clients that have left, in addition to those of the members. */
const MARKS_OF_OTHERS = 1_000;
/** How long a session is kept after its token has expired, ms: it may be open, and its token be renewed. */
const KEPT_SESSION = 2 * 86_400_000;
/** What one slice looks at or deletes, at most. */
const SWEPT_CONVERSATIONS = 200;
const SWEPT_ROWS = 1_000;

export const sweeping = (connection: Connection, bounds: Bounds, time: () => number): Sweeping => {
  const { all, one, run } = connection;
  /** The last conversation that was looked at. */
  let swept = '';

  const removeExpired = (at: number): void => {
    for (const row of all(sql.expiredTokens, at - KEPT_SESSION, SWEPT_ROWS))
      removeToken(connection, text(row, 'token'), text(row, 'client'));
  };

  return {
    sweep: () => {
      const at = time();
      removeExpired(at);
      const deleted = one(sql.aDeleted);
      if (deleted !== undefined) {
        const id = text(deleted, 'cid');
        run(sql.messagesOfDeleted, id, SWEPT_ROWS);
        run(sql.endOfDeleted, id);
      }
      const page = all(sql.walk, swept, SWEPT_CONVERSATIONS);
      let left = SWEPT_ROWS;
      for (const row of page) {
        const id = text(row, 'id');
        if (endOf(row, bounds.idle) <= at) removeConversation(connection, id);
        else {
          const nth = one(sql.nthNewest, id, bounds.historyMessages - 1);
          const before = Math.max(
            at - bounds.historyTime,
            (nth === undefined ? undefined : maybeNumber(nth, 'ts')) ?? -Infinity,
          );
          left -= run(sql.deleteOld, id, before, left);
          // The rest of this conversation comes with the next slice.
          if (left <= 0) return;
          if (count(one(sql.markCount, id)) > count(one(sql.memberCount, id)) + MARKS_OF_OTHERS)
            run(sql.deleteMarksOfOthers, id);
        }
        swept = id;
      }
      if (page.length < SWEPT_CONVERSATIONS) swept = '';
    },
  };
};

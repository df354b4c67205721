/** Changes of sessions, and of the notices for clients that are away. */
import { defined } from '../../../codecs/defined.js';
import type { StoredSession } from '../../domain/records.js';
import type { Reads, SessionWrites, Setting } from './calls.js';
import { flag, limitOf, listOf, number, text, type Row } from './columns.js';
import type { Statements } from './sql.js';
import { all, one, run, type Steps } from './steps.js';

/** Notices that are looked at together. */
const NOTICES_AT_ONCE = 1_000;

export const removeToken = function* (sql: Statements, token: string, clientId: string): Steps<void> {
  yield* run(sql.forgetToken, token);
  const left = yield* one(sql.hasToken, clientId);
  if (left !== undefined && flag(left, 'is_any')) return;
  // Nobody can ask for them any more.
  yield* run(sql.forgetNotices, clientId);
  yield* run(sql.forgetClient, clientId);
};

export const sessionWrites = ({ sql, bounds, timeOf }: Setting, reads: Reads): SessionWrites => {
  const saveSession = function* (session: StoredSession): Steps<void> {
    const { token, holder, clientId, deviceId, tag, appId, expiresAt, room } = session;
    yield* run(sql.saveSession, ...[token, holder, clientId, deviceId, tag, appId, expiresAt, room?.id, room?.leftAt]);
    if (bounds.tokens === Infinity) return;
    for (const row of yield* all(sql.oldTokens, clientId, limitOf(bounds.tokens)))
      yield* removeToken(sql, text(row, 'token'), clientId);
  };

  const heldBy = function* (token: string, holder: string): Steps<StoredSession | undefined> {
    const session = yield* reads.session(token);
    return session?.holder === holder ? session : undefined;
  };

  /** Deletes the oldest notices of a client until they are within the bounds. */
  const shorten = function* (row: Row): Steps<void> {
    const clientId = text(row, 'id');
    let [left, bytes] = [number(row, 'notices'), number(row, 'notice_bytes')];
    const isTooMuch = (): boolean => left > bounds.notices || bytes > bounds.noticeBytes;
    while (isTooMuch()) {
      const oldest = yield* all(sql.oldestNotices, clientId, NOTICES_AT_ONCE);
      let upTo = 0;
      for (const notice of oldest) {
        if (!isTooMuch()) break;
        left -= 1;
        bytes -= number(notice, 'bytes');
        upTo = number(notice, 'seq');
      }
      if (oldest.length === 0) break;
      yield* run(sql.dropNotices, clientId, upTo);
    }
    yield* run(sql.setNotices, clientId, left, bytes);
  };

  return {
    *keepNotice(clientIds, { at, command }) {
      const written = JSON.stringify(command);
      const [clients, bytes] = [listOf(clientIds), JSON.stringify({ at, command }).length];
      yield* run(sql.keepNotice, clients, at, written, bytes);
      yield* run(sql.countNotice, clients, bytes);
      const most = [limitOf(bounds.notices), limitOf(bounds.noticeBytes)];
      for (const row of yield* all(sql.withTooManyNotices, clients, ...most)) yield* shorten(row);
    },

    *openSession({ session, resumes }, given) {
      const now = timeOf(given);
      const before = yield* reads.session(session.token);
      if (before?.displaced === true) return { _tag: 'Displaced' };
      if (resumes && (before === undefined || before.expiresAt <= now)) return { _tag: 'Gone' };
      const room = before?.room;
      const expiresAt = now + session.expiresAt - given;
      yield* saveSession({ ...session, expiresAt, ...defined({ room }), displaced: false });
      const rivals =
        session.tag === undefined ? [] : yield* all(sql.rivals, session.clientId, session.tag, session.token);
      for (const rival of rivals) yield* run(sql.displace, text(rival, 'token'));
      return {
        _tag: 'Opened',
        displaced: rivals.map((rival) => text(rival, 'holder')),
        ...defined({ room, resumed: before?.holder }),
      };
    },

    *renewSession({ token, holder, expiresAt }, now) {
      const before = yield* heldBy(token, holder);
      // It never saves a session that is not there: its token may have been deleted on purpose.
      if (before === undefined || before.displaced) return false;
      yield* saveSession({ ...before, expiresAt: timeOf(now) + expiresAt - now });
      return true;
    },

    *rememberRoom(token, holder, room) {
      yield* run(sql.setRoom, token, holder, room?.id, room?.leftAt);
    },

    *forgetSession(token, holder) {
      const session = yield* heldBy(token, holder);
      if (session !== undefined) yield* removeToken(sql, token, session.clientId);
    },

    *forgetSessions(clientId) {
      for (const row of yield* all(sql.tokensOf, clientId)) yield* removeToken(sql, text(row, 'token'), clientId);
    },
  };
};

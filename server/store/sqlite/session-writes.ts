/** Changes of sessions, and of the notices for clients that are away. */
import { defined } from '../../../codecs/defined.js';
import type { StoredSession } from '../../domain/records.js';
import type { Bounds, Reads, SessionWrites } from './calls.js';
import { flag, limitOf, listOf, number, text, type Connection } from './connection.js';
import type { Row } from './driver.js';
import { sql } from './sql.js';

/** Notices that are looked at together. */
const NOTICES_AT_ONCE = 1_000;

export const removeToken = ({ one, run }: Connection, token: string, clientId: string): void => {
  run(sql.forgetToken, token);
  const left = one(sql.hasToken, clientId);
  if (left !== undefined && flag(left, 'is_any')) return;
  // Nobody can ask for them any more.
  run(sql.forgetNotices, clientId);
  run(sql.forgetClient, clientId);
};

export const sessionWrites = (connection: Connection, reads: Reads, bounds: Bounds): SessionWrites => {
  const { all, run } = connection;

  const saveSession = ({ token, holder, clientId, deviceId, tag, appId, expiresAt, room }: StoredSession): void => {
    run(sql.saveSession, ...[token, holder, clientId, deviceId, tag, appId, expiresAt, room?.id, room?.leftAt]);
    const most = limitOf(bounds.tokens);
    if (most < 0) return;
    for (const row of all(sql.oldTokens, clientId, most)) removeToken(connection, text(row, 'token'), clientId);
  };

  const heldBy = (token: string, holder: string): StoredSession | undefined => {
    const session = reads.session(token);
    return session?.holder === holder ? session : undefined;
  };

  /** Deletes the oldest notices of a client until they are within the bounds. */
  const shorten = (row: Row): void => {
    const clientId = text(row, 'id');
    let [left, bytes] = [number(row, 'notices'), number(row, 'notice_bytes')];
    const isTooMuch = (): boolean => left > bounds.notices || bytes > bounds.noticeBytes;
    while (isTooMuch()) {
      const oldest = all(sql.oldestNotices, clientId, NOTICES_AT_ONCE);
      let upTo = 0;
      for (const notice of oldest) {
        if (!isTooMuch()) break;
        left -= 1;
        bytes -= number(notice, 'bytes');
        upTo = number(notice, 'seq');
      }
      if (oldest.length === 0) break;
      run(sql.dropNotices, clientId, upTo);
    }
    run(sql.setNotices, clientId, left, bytes);
  };

  return {
    keepNotice: (clientIds, { at, command }) => {
      const written = JSON.stringify(command);
      const [clients, bytes] = [listOf(clientIds), JSON.stringify({ at, command }).length];
      run(sql.keepNotice, clients, at, written, bytes);
      run(sql.countNotice, clients, bytes);
      for (const row of all(sql.withTooManyNotices, clients, bounds.notices, bounds.noticeBytes)) shorten(row);
    },

    openSession: ({ session, resumes }, now) => {
      const before = reads.session(session.token);
      if (before?.displaced === true) return { _tag: 'Displaced' };
      if (resumes && (before === undefined || before.expiresAt <= now)) return { _tag: 'Gone' };
      const room = before?.room;
      saveSession({ ...session, ...defined({ room }), displaced: false });
      const rivals = session.tag === undefined ? [] : all(sql.rivals, session.clientId, session.tag, session.token);
      for (const rival of rivals) run(sql.displace, text(rival, 'token'));
      return {
        _tag: 'Opened',
        displaced: rivals.map((rival) => text(rival, 'holder')),
        ...defined({ room, resumed: before?.holder }),
      };
    },

    renewSession: ({ token, holder, expiresAt }) => {
      const before = heldBy(token, holder);
      // It never saves a session that is not there: its token may have been deleted on purpose.
      if (before === undefined || before.displaced) return false;
      saveSession({ ...before, expiresAt });
      return true;
    },

    rememberRoom: (token, holder, room) => {
      run(sql.setRoom, token, holder, room?.id, room?.leftAt);
    },

    forgetSession: (token, holder) => {
      const session = heldBy(token, holder);
      if (session !== undefined) removeToken(connection, token, session.clientId);
    },

    forgetSessions: (clientId) => {
      for (const row of all(sql.tokensOf, clientId)) removeToken(connection, text(row, 'token'), clientId);
    },
  };
};

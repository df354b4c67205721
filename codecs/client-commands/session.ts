/**
 * The requests of a client about its session: login, logout, a new token, who is online (protocol: SessionCommand).
 */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { command } from '../commands/envelope.js';
import { signature } from '../commands/signature.js';
import { SafeInteger } from '../primitives.js';
import { record } from '../record.js';

const sessionOpen = command(
  'session',
  'open',
  {
    sessionMessage: record(
      'SessionOpenMessage',
      {},
      {
        ...signature,
        ua: c.string,
        /** True if the client resumes a session that was open before. */
        r: c.boolean,
        tag: c.string,
        deviceId: c.string,
        st: c.string,
        lastUnreadNotifTime: SafeInteger,
        lastPatchTime: SafeInteger,
        configBitmap: SafeInteger,
      },
    ),
  },
  {},
);
/**
 * Login. After a reconnect it carries `r` and the token `st`. It names the last messages and changes that the client
 * has seen, so that the server can push what the client has missed. Answered by `SessionOpened`.
 */
export interface SessionOpen extends t.TypeOf<typeof sessionOpen> {}
export const SessionOpen: t.Type<SessionOpen> = sessionOpen;

const sessionClose = command('session', 'close', {}, { sessionMessage: record('SessionCloseMessage', {}, {}) });
/** Logout. Answered by `SessionClosedCommand`. */
export interface SessionClose extends t.TypeOf<typeof sessionClose> {}
export const SessionClose: t.Type<SessionClose> = sessionClose;

const sessionRefresh = command(
  'session',
  'refresh',
  { sessionMessage: record('SessionRefreshMessage', {}, { st: c.string, ...signature, ua: c.string }) },
  {},
);
/** Asks for a new token in place of `st`, or of the session's own. Answered by `SessionRefreshed`. */
export interface SessionRefresh extends t.TypeOf<typeof sessionRefresh> {}
export const SessionRefresh: t.Type<SessionRefresh> = sessionRefresh;

const sessionQuery = command(
  'session',
  'query',
  { sessionMessage: record('SessionQueryMessage', {}, { sessionPeerIds: c.array(c.string) }) },
  {},
);
/** Asks which of these clients are online. Answered by `SessionQueryResult`. */
export interface SessionQuery extends t.TypeOf<typeof sessionQuery> {}
export const SessionQuery: t.Type<SessionQuery> = sessionQuery;

/** A request of a client about its session. */
export type ClientSessionCommand = SessionOpen | SessionClose | SessionRefresh | SessionQuery;

/** Login, logout, token refresh and the online query (protocol: SessionCommand). */
import * as t from 'io-ts';
import { Int32, SafeInteger } from '../primitives.js';
import { record } from '../record.js';
import { command } from './envelope.js';

/** Signature of a request: timestamp, nonce, signature. */
const signature = { t: SafeInteger, n: t.string, s: t.string };

/** Client to server: login, or with `r` and the token `st` the same again after a reconnect. The last things seen are named, so that the server can push what was missed. */
export const SessionOpen = command(
  'session',
  'open',
  {
    sessionMessage: record(
      'SessionOpenMessage',
      {},
      {
        ...signature,
        ua: t.string,
        /** True where a session that was open before is taken up again. */
        r: t.boolean,
        tag: t.string,
        deviceId: t.string,
        st: t.string,
        lastUnreadNotifTime: SafeInteger,
        lastPatchTime: SafeInteger,
        configBitmap: SafeInteger,
      },
    ),
  },
  {},
);

/** Answer to `SessionOpen`: the token `st` is good for `stTtl` seconds; a refusal may come as `SessionClosed` or as an error command instead. */
export const SessionOpened = command(
  'session',
  'opened',
  { sessionMessage: record('SessionOpenedMessage', {}, { st: t.string, stTtl: Int32, code: Int32, reason: t.string, detail: t.string }) },
  {},
);

/** Client to server: logout. Answered by `SessionClosed`. */
export const SessionClose = command('session', 'close', {}, { sessionMessage: record('SessionCloseMessage', {}, {}) });

/** Without a serial: the server ends the session (4111 displaced, 4115 kicked). With one: the answer to `SessionClose`, or a refusal. */
export const SessionClosed = command(
  'session',
  'closed',
  {},
  { sessionMessage: record('SessionClosedMessage', {}, { code: Int32, reason: t.string, detail: t.string }) },
);

/** Client to server: a new token for the one in `st`. Answered by `SessionRefreshed`. */
export const SessionRefresh = command(
  'session',
  'refresh',
  { sessionMessage: record('SessionRefreshMessage', { st: t.string }, { ...signature, ua: t.string }) },
  {},
);

/** The new token; `stTtl` is its lifetime in seconds. */
export const SessionRefreshed = command(
  'session',
  'refreshed',
  { sessionMessage: record('SessionRefreshedMessage', { st: t.string, stTtl: Int32 }, {}) },
  {},
);

/** Client to server: which of these clients are online? Answered by `SessionQueryResult`. */
export const SessionQuery = command(
  'session',
  'query',
  { sessionMessage: record('SessionQueryMessage', {}, { sessionPeerIds: t.array(t.string) }) },
  {},
);

/** No `onlineSessionPeerIds` means that none is online. */
export const SessionQueryResult = command(
  'session',
  'query_result',
  { sessionMessage: record('SessionQueryResultMessage', {}, { onlineSessionPeerIds: t.array(t.string) }) },
  {},
);

/**
 * The commands of a server about a session: its answers to a client, and the end of the session (protocol:
 * SessionCommand).
 */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { command } from '../commands/envelope.js';
import { Int32 } from '../primitives.js';
import { record } from '../record.js';

const sessionOpened = command(
  'session',
  'opened',
  {
    sessionMessage: record(
      'SessionOpenedMessage',
      {},
      { st: c.string, stTtl: Int32, code: Int32, reason: c.string, detail: c.string },
    ),
  },
  {},
);
/**
 * The answer to `SessionOpen`: the token `st` is valid for `stTtl` seconds. A refusal may come as
 * `SessionClosedCommand` or as `ErrorAnswer` instead.
 */
export interface SessionOpened extends t.TypeOf<typeof sessionOpened> {}
export const SessionOpened: t.Type<SessionOpened> = sessionOpened;

const sessionClosed = command(
  'session',
  'closed',
  {},
  { sessionMessage: record('SessionClosedMessage', {}, { code: Int32, reason: c.string, detail: c.string }) },
);
/**
 * Without a serial: the server ends the session (4111 displaced, 4115 kicked). With a serial: the answer to
 * `SessionClose`, or a refusal.
 */
export interface SessionClosedCommand extends t.TypeOf<typeof sessionClosed> {}
export const SessionClosedCommand: t.Type<SessionClosedCommand> = sessionClosed;

const sessionRefreshed = command(
  'session',
  'refreshed',
  { sessionMessage: record('SessionRefreshedMessage', { st: c.string, stTtl: Int32 }, {}) },
  {},
);
/** The new token. `stTtl` is its lifetime in seconds. */
export interface SessionRefreshed extends t.TypeOf<typeof sessionRefreshed> {}
export const SessionRefreshed: t.Type<SessionRefreshed> = sessionRefreshed;

const sessionQueryResult = command(
  'session',
  'query_result',
  { sessionMessage: record('SessionQueryResultMessage', {}, { onlineSessionPeerIds: c.array(c.string) }) },
  {},
);
/** The clients that are online. If `onlineSessionPeerIds` is absent, no client is online. */
export interface SessionQueryResult extends t.TypeOf<typeof sessionQueryResult> {}
export const SessionQueryResult: t.Type<SessionQueryResult> = sessionQueryResult;

/** A command of a server about a session. */
export type ServerSessionCommand = SessionOpened | SessionClosedCommand | SessionRefreshed | SessionQueryResult;

/**
 * What a server says about the connection rather than to a client: heartbeat, errors, and the request to go elsewhere.
 */
import * as t from 'io-ts';
import type { Echo } from '../commands/echo.js';
import { command } from '../commands/envelope.js';
import { Int32 } from '../primitives.js';
import { record } from '../record.js';

const errorAnswer = command(
  'error',
  undefined,
  {
    errorMessage: record(
      'ErrorMessage',
      { code: Int32, reason: t.string },
      { appCode: Int32, appMsg: t.string, detail: t.string, pids: t.array(t.string) },
    ),
  },
  {},
);
/** The server refuses a command: the code's symbolic name is in `reason`, words for people are in `detail`. */
export interface ErrorAnswer extends t.TypeOf<typeof errorAnswer> {}
export const ErrorAnswer: t.Type<ErrorAnswer> = errorAnswer;

const goaway = command('goaway', undefined, {}, {});
/** The server wants the client to look its endpoints up again and reconnect. */
export interface Goaway extends t.TypeOf<typeof goaway> {}
export const Goaway: t.Type<Goaway> = goaway;

/** What a server says about the connection. */
export type ServerSystemCommand = Echo | ErrorAnswer | Goaway;

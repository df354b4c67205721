/** What belongs to the connection rather than to a client: heartbeat, errors, and the request to go elsewhere. */
import * as t from 'io-ts';
import { Int32 } from '../primitives.js';
import { record } from '../record.js';
import { command } from './envelope.js';

/** Heartbeat; the answer has the same serial. */
export const Echo = command('echo', undefined, {}, {});

/** The server refuses a command: the code's symbolic name is in `reason`, words for people are in `detail`. */
export const ErrorAnswer = command(
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

/** The server wants the client to look its endpoints up again and reconnect. */
export const Goaway = command('goaway', undefined, {}, {});

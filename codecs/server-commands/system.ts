/** The commands of a server about the connection: heartbeat, errors, and the request to connect to another server. */
import type * as t from 'io-ts';
import * as c from '../type.js';
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
      { code: Int32, reason: c.string },
      { appCode: Int32, appMsg: c.string, detail: c.string, pids: c.array(c.string) },
    ),
  },
  {},
);
/** The server refuses a command. `reason` is the symbolic name of the code, `detail` is text for people. */
export interface ErrorAnswer extends t.TypeOf<typeof errorAnswer> {}
export const ErrorAnswer: t.Type<ErrorAnswer> = errorAnswer;

const goaway = command('goaway', undefined, {}, {});
/** The server asks the client to look up its endpoints again and to reconnect. */
export interface Goaway extends t.TypeOf<typeof goaway> {}
export const Goaway: t.Type<Goaway> = goaway;

const serviceLoggedIn = command('loggedin', undefined, {}, {});
/** The answer to `ServiceLogin`. */
export interface ServiceLoggedIn extends t.TypeOf<typeof serviceLoggedIn> {}
export const ServiceLoggedIn: t.Type<ServiceLoggedIn> = serviceLoggedIn;

const reportUploaded = command('report', 'uploaded', {}, {});
/** The answer to `ReportUpload`. */
export interface ReportUploaded extends t.TypeOf<typeof reportUploaded> {}
export const ReportUploaded: t.Type<ReportUploaded> = reportUploaded;

/** A command of a server about the connection, or of a service beside instant messaging. */
export type ServerSystemCommand = Echo | ErrorAnswer | Goaway | ServiceLoggedIn | ReportUploaded;

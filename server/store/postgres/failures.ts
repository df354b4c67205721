/** What the errors of PostgreSQL mean for a call. */
import { StoreFailure } from '../store-failure.js';

/** An error of a statement, or of a connection. Errors of the store's own code are others. */
export class AskFailed extends Error {
  constructor(
    readonly reason: unknown,
    /** Nobody knows whether the database has done what it was asked for before. */
    readonly isUnknown = false,
  ) {
    super('the database has refused a statement, or can not be reached');
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** A five-letter code is one of the database. */
const isOfDatabase = (code: string | undefined): code is string => code !== undefined && /^[0-9A-Z]{5}$/.test(code);

/**
 * What is to be done after an error: `lost`: the connection is of no use any more, and a new one may take some time;
 * `conflict`: another transaction was in the way, and the same may succeed at once; `refused`: it is no use to repeat
 * it.
 */
export type Meaning = 'lost' | 'conflict' | 'refused';

/** Serialization, deadlock, lock time-out, and a plan or a statement that the connection does not have any more. */
const CONFLICTS = new Set(['40001', '40P01', '55P03', '0A000', '26000']);
/** Too many connections; the server stops, has crashed, or starts; it is a standby. */
const LOST = /^(?:08...|53300|57P0[1235]|25006|25P03)$/;

export const meaningOf = (error: unknown): Meaning => {
  if (!(error instanceof AskFailed)) return 'refused';
  const code = codeOf(error.reason);
  // Errors of sockets, and those that pg itself makes, which have no code.
  if (!isOfDatabase(code)) return 'lost';
  if (LOST.test(code)) return 'lost';
  return CONFLICTS.has(code) ? 'conflict' : 'refused';
};

const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; start PostgreSQL, or correct the address',
  ENOTFOUND: 'there is no such host; correct the address',
  '28P01': 'the password or the user is wrong',
  '28000': 'this user may not log in there',
  '3D000': 'there is no such database; create it',
  '42501': 'this user needs more rights there',
  '53100': 'its disk is full; make room',
  '53300': 'it has too many connections; raise max_connections, or use fewer',
  '57014': 'a statement took too long',
};

/** The error of a call, as whoever uses the store sees it. `place`: where the database is, without a password. */
export const failureOf = (error: unknown, place: string): unknown => {
  if (!(error instanceof AskFailed)) return error;
  const { reason } = error;
  const code = codeOf(reason);
  const text = reason instanceof Error && reason.message !== '' ? reason.message : (code ?? String(reason));
  const advice = code === undefined ? undefined : ADVICE[code];
  return new StoreFailure(`PostgreSQL at ${place}: ${text}${advice === undefined ? '' : `; ${advice}`}`, code, {
    cause: reason,
    isUnchanged: !error.isUnknown && meaningOf(error) !== 'lost',
  });
};

/** Whether a connection can be used again after this error: the database has refused a statement, or was not asked. */
export const isStillUsable = (error: unknown): boolean =>
  !(error instanceof AskFailed) || meaningOf(error) === 'refused';

/** What the store and its writer, which is a thread of its own, say to each other. */
import { Refusal, type RefusalCode } from '../../domain/refusal.js';
import { StoreFailure } from '../store-failure.js';
import type { Bounds } from '../sql/calls.js';

/** What a thread is started with. */
export type Task =
  | {
      readonly _tag: 'Write';
      readonly file: string;
      readonly bounds: Bounds;
      readonly checkIntegrity: boolean;
      /** Calls that are committed together, at most. */
      readonly most: number;
    }
  /** Copies the database to a new file, beside the writer. */
  | { readonly _tag: 'Backup'; readonly file: string; readonly target: string };

/** A call. Its id is the place of the call among all calls. */
export interface Request {
  readonly id: number;
  /** The time of the call, ms since 1970. */
  readonly at: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** An error as it can be sent. */
export type Failure =
  | { readonly _tag: 'Refusal'; readonly code: RefusalCode; readonly detail: string }
  | { readonly _tag: 'Error'; readonly message: string; readonly code?: string | number; readonly stack?: string };

export type Outcome = { readonly id: number } & (
  { readonly _tag: 'Done'; readonly result: unknown } | { readonly _tag: 'Failed'; readonly failure: Failure }
);

/** What is asked of the writer. */
export type Asked =
  | { readonly _tag: 'Requests'; readonly requests: readonly Request[] }
  /** Copies the database between two calls. */
  | { readonly _tag: 'Backup'; readonly id: number; readonly target: string }
  /** The last message. */
  | { readonly _tag: 'Close' };

/** What a thread says. */
export type Said =
  /** The writer has opened the database, or the copy is made. `version`: of SQLite. */
  | { readonly _tag: 'Ready'; readonly version: string }
  /** The thread could not do that. */
  | { readonly _tag: 'Broken'; readonly failure: Failure }
  | { readonly _tag: 'Outcomes'; readonly outcomes: readonly Outcome[] };

const codeOf = (error: Error): { readonly code?: string | number } => {
  if ('errcode' in error && typeof error.errcode === 'number') return { code: error.errcode };
  return 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
    ? { code: error.code }
    : {};
};

export const failureOf = (error: unknown): Failure => {
  if (error instanceof Refusal) return { _tag: 'Refusal', code: error.code, detail: error.detail };
  if (!(error instanceof Error)) return { _tag: 'Error', message: String(error) };
  const { message, stack } = error;
  return { _tag: 'Error', message, ...codeOf(error), ...(stack === undefined ? {} : { stack }) };
};

/** The code of SQLite for a disk that fails: a commit may be on it all the same. Other bits say what it did. */
const DISK = 10;
const OTHER_BITS = 256;
/** The code of an error of SQLite that does not say which. */
const SOME_ERROR = 'ERR_SQLITE_ERROR';

/** An error of a call, as whoever uses the store sees it. What has failed was rolled back. */
export const errorOf = (failure: Failure): Error => {
  if (failure._tag === 'Refusal') return new Refusal(failure.code, failure.detail);
  const { message, code, stack } = failure;
  const isUnchanged = code !== SOME_ERROR && !(typeof code === 'number' && code % OTHER_BITS === DISK);
  return new StoreFailure(message, code, { cause: stack, isUnchanged });
};

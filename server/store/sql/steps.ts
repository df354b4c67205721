/**
 * Calls of a store in a database, as steps: each step asks the database one thing, and goes on with the answer. Whoever
 * runs the steps decides how to ask. So one text of a call runs at once on SQLite, and asynchronously on PostgreSQL.
 */
import type { Row } from './columns.js';

/** What a parameter may be; undefined is NULL. */
export type Parameter = string | number | boolean | Uint8Array | undefined;

/** A statement. The parameter `$1` is the first one. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  /** What is wanted of the answer: all rows, the first row, or the number of rows that have changed. */
  readonly wants: 'all' | 'one' | 'run';
}

export interface Answer {
  readonly rows: readonly Row[];
  /** The number of rows that have changed. */
  readonly changes: number;
}

export type Steps<R> = Generator<Query, R, Answer>;

/** The rows of a query. */
export const all = function* (sql: string, ...parameters: readonly Parameter[]): Steps<readonly Row[]> {
  return (yield { sql, parameters, wants: 'all' }).rows;
};

/** The first row; undefined if there is none. */
export const one = function* (sql: string, ...parameters: readonly Parameter[]): Steps<Row | undefined> {
  return (yield { sql, parameters, wants: 'one' }).rows[0];
};

/** Runs a statement. Gives the number of rows that it has changed. */
export const run = function* (sql: string, ...parameters: readonly Parameter[]): Steps<number> {
  return (yield { sql, parameters, wants: 'run' }).changes;
};

/** Runs steps at once. */
export const carryOut = <R>(steps: Steps<R>, ask: (query: Query) => Answer): R => {
  let step = steps.next();
  while (step.done !== true) step = steps.next(ask(step.value));
  return step.value;
};

/** Runs steps, and waits for each answer. */
export const carryOutLater = async <R>(steps: Steps<R>, ask: (query: Query) => Promise<Answer>): Promise<R> => {
  let step = steps.next();
  while (step.done !== true) step = steps.next(await ask(step.value));
  return step.value;
};

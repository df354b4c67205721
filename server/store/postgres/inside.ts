/** What the parts of this package that work beside the store know of its database. */
import type { Connections } from './connections.js';
import type { Pg, PostgresPool } from './driver.js';

export interface Inside {
  readonly pg: Pg;
  readonly pool: PostgresPool;
  /** The connections of the store. */
  readonly connections: Connections;
  /** Where the database is, without a password. */
  readonly place: string;
  /** A pool beside the store's, for what must not wait behind its calls; undefined if the store was given a pool. */
  readonly newPool: ((options: Readonly<Record<string, unknown>>) => PostgresPool) | undefined;
}

const known = new WeakMap<object, Inside>();

export const showInside = (store: object, inside: Inside): void => {
  known.set(store, inside);
};

/** Undefined if the store is none in PostgreSQL. */
export const insideOf = (store: object): Inside | undefined => known.get(store);

/** A store in a database server: PostgreSQL. */
import { steadyClock } from '../../clock.js';
import { checkLimits } from '../check-limits.js';
import { stderrReport } from '../../guarded.js';
import { everyFewSeconds, type MemoryStoreOptions } from '../memory.js';
import { boundsOf, type Changes, type ReadCalls, type ResultOf } from '../sql/calls.js';
import type { Read } from '../sql/find.js';
import { createReads, keptMembers } from '../sql/reads.js';
import type { Steps } from '../sql/steps.js';
import { storeCalls } from '../sql/store-calls.js';
import type { MovingStore } from '../store.js';
import { StoreFailure } from '../store-failure.js';
import { createAppending } from './append.js';
import { createChanging, createLane, hashedKey } from './changes.js';
import { createConnections, type Connections } from './connections.js';
import { statementsOf } from './dialect.js';
import { loadPg, type Pg, type PostgresPool } from './driver.js';
import { failureOf } from './failures.js';
import { showInside } from './inside.js';
import { locksOf, type Locks } from './locks.js';
import { migrate } from './migrations.js';
import { placeOf } from './place.js';

export interface PostgresStoreOptions extends MemoryStoreOptions {
  /**
   * The address of the database: `postgres://user:password@host:port/database`. The user has to be allowed to create
   * tables there. No error and no log shows the password.
   */
  readonly url?: string;
  /** A pool of the package `pg`, instead of `url`. The store ends it when it closes. */
  readonly pool?: PostgresPool;
  /** Connections that the store opens at most, with `url`. At least 6 are of use. Default 10. */
  readonly connections?: number;
  /** The database ends a statement that takes longer, ms, with `url`. Default 20,000. */
  readonly statementTimeout?: number;
  /**
   * How long a call waits for a database that can not be reached before it rejects, ms. Default 6,000: less than
   * `limits.storeTimeout` of the server.
   */
  readonly patience?: number;
}

/** A store in PostgreSQL. */
export interface PostgresStore extends MovingStore {
  /** The database could be reached when it was last asked, which is at least every few seconds. */
  isReachable(): boolean;
}

/** How long a transaction may ask for nothing, ms: less than a server waits for an answer of the store. */
const IDLE = 4_000;
/** How long the driver waits for a connection, and for a statement that the database should have ended, ms. */
const LATE = 5_000;

const CONNECTIONS = 10;
/** With so many connections, one can stay with the calls that store messages. */
const ENOUGH = 3;

const poolOf = (
  { Pool }: Pg,
  url: string,
  { connections = CONNECTIONS, statementTimeout = 20_000 }: PostgresStoreOptions,
): PostgresPool =>
  new Pool({
    connectionString: url,
    max: Math.max(1, connections),
    application_name: 'rx-realtime',
    connectionTimeoutMillis: LATE,
    keepAlive: true,
    statement_timeout: statementTimeout,
    query_timeout: statementTimeout + LATE,
    // Of a process that stands still or has lost its network: others wait for its locks.
    idle_in_transaction_session_timeout: Math.min(statementTimeout, IDLE),
    allowExitOnIdle: true,
  });

const migrated = (connections: Connections): Promise<void> =>
  connections.use(async ({ execute }) => {
    await execute('begin');
    try {
      await migrate(execute);
      await execute('commit');
    } catch (error) {
      await execute('rollback').catch(() => undefined);
      throw error;
    }
  });

/**
 * Opens a store that keeps everything in a database of PostgreSQL 12 or later. What a call has changed is committed
 * when the call resolves. Several servers may use one database. Times of messages and changes are the database's. It
 * needs the package `pg`.
 *
 * A connection that breaks is replaced: a call waits for it, and is repeated where nothing can happen twice. A change
 * rejects if its connection breaks while it is committed; messages are looked for then, so each is stored once.
 *
 * Rejects if the database can't be reached, is newer than this program, or belongs to another one.
 *
 * @example
 * const store = await openPostgresStore({ url: 'postgres://chat:secret@localhost/chat' });
 * const server = await createServer({ port: 6400, store });
 */
export const openPostgresStore = async (options: PostgresStoreOptions): Promise<PostgresStore> => {
  const { url, pool: ownPool, clock, whileSwept = everyFewSeconds, ...numbers } = options;
  checkLimits('openPostgresStore', numbers);
  const place = url === undefined ? 'the pool' : placeOf(url);
  if (place === undefined || (url === undefined) === (ownPool === undefined))
    throw new TypeError(
      'openPostgresStore: it takes an url, such as postgres://user@host:5432/database, or a pool of the package pg',
    );
  const pg = await loadPg();
  const bounds = boundsOf(numbers);
  const pool = ownPool ?? poolOf(pg, url ?? '', numbers);
  const connections = createConnections({
    pg,
    pool,
    patience: numbers.patience ?? 6_000,
    // Of a pool of somebody else, nothing is known.
    hasOwn: ownPool === undefined && (numbers.connections ?? CONNECTIONS) >= ENOUGH,
  });
  try {
    await migrated(connections);
  } catch (error) {
    await connections.close();
    throw failureOf(error, place);
  }

  const now = (): number => clock?.now() ?? connections.now();
  const statements = statementsOf(bounds);
  const members = keptMembers(statements);
  const reads = createReads(
    { sql: statements, bounds, time: now, timeOf: (given) => (clock === undefined ? now() : given), keyOf: hashedKey },
    members,
  );
  const given = clock === undefined ? undefined : now;
  const changing = createChanging({ connections, bounds, clock: given });
  const appending = createAppending({ connections, bounds, members, isTimeGiven: given !== undefined });

  let closing: Promise<void> | undefined;

  /** A call of the store: it rejects with errors that say where the database is. */
  const guarded = async <R>(call: () => Promise<R>): Promise<R> => {
    if (closing !== undefined) throw new StoreFailure('the store is closed');
    try {
      return await call();
    } catch (error) {
      throw failureOf(error, place);
    }
  };

  const readSteps = (name: keyof ReadCalls, ...args: unknown[]): Promise<unknown> =>
    guarded(() => connections.read(() => Reflect.apply(reads[name], undefined, args) as Steps<unknown>));
  const read = readSteps as Read;
  /** A call that changes something. */
  const change = <N extends Exclude<keyof Changes, 'place'>>(name: N) => {
    const locks = locksOf[name] as (...args: unknown[]) => Locks;
    return (...args: Parameters<Changes[N]>): Promise<ResultOf<N>> =>
      guarded(() => changing.change({ name, args, locks: locks(...args) }) as Promise<ResultOf<N>>);
  };

  // Nothing is deleted because the clock is wrong for a moment.
  const elapsed = (): number => clock?.elapsed?.() ?? performance.now();
  const steady = steadyClock({ now, elapsed }, () => undefined);
  const sweeper = createLane({ connections, bounds, clock: () => Math.min(now(), steady.now()) });
  const report = stderrReport();
  let isSweeping = false;
  const stop = whileSwept(() => {
    // A slice of a big database may take longer than the time between two slices.
    if (isSweeping || !connections.isReachable()) return true;
    isSweeping = true;
    void sweeper
      .change({ name: 'sweep', args: [], locks: {} })
      // It is tried again with the next slice.
      .catch((error: unknown) => {
        report(failureOf(error, place));
      })
      .finally(() => {
        isSweeping = false;
      });
    return true;
  });

  const close = async (): Promise<void> => {
    stop();
    await Promise.all([appending.settled(), changing.settled(), sweeper.settled()]);
    await connections.close();
  };

  const store: PostgresStore = {
    ...storeCalls(change, read, numbers),
    append: (messages) => guarded(() => appending.append(messages)),
    isReachable: () => connections.isReachable(),
    close: () => (closing ??= close()),
  };
  showInside(store, {
    ...{ pg, pool, connections, place },
    newPool:
      url === undefined
        ? undefined
        : (beside) =>
            new pg.Pool({ connectionString: url, application_name: 'rx-realtime', keepAlive: true, ...beside }),
  });
  return store;
};

/** A store in a file: SQLite. */
import { join } from 'node:path';
import { steadyClock } from '../../clock.js';
import { checkLimits } from '../check-limits.js';
import { stderrReport } from '../../guarded.js';
import { makeDirectory } from '../../make-directory.js';
import { everyFewSeconds, type MemoryStoreOptions } from '../memory.js';
import { boundsOf, type Bounds, type Changes, type ReadCalls, type Setting } from '../sql/calls.js';
import type { Read } from '../sql/find.js';
import { appendedOf, packed } from '../sql/placed.js';
import { createReads, keptMembers } from '../sql/reads.js';
import { carryOut, type Steps } from '../sql/steps.js';
import { storeCalls } from '../sql/store-calls.js';
import type { MovingStore } from '../store.js';
import { connect, type Connection } from './connection.js';
import { loadSqlite, mayReadBeside, type Sqlite } from './driver.js';
import { located } from './located.js';
import { settingOf } from './dialect.js';
import { lock } from './lock.js';
import { STORE_FILE, written } from './new-file.js';
import { copyBeside, startWriter, type Writer } from './writer.js';

export interface SqliteStoreOptions extends MemoryStoreOptions {
  /** Where the files are. It is made if it is not there. One process at a time can use it. */
  readonly directory: string;
  /**
   * Reads the whole database at the start, and rejects if it is damaged. It takes some seconds for each GB. Default
   * false.
   */
  readonly checkIntegrity?: boolean;
  /** Called if the thread that writes has failed: then every call rejects. Default: stderr. */
  readonly onError?: (error: Error) => void;
}

/** A store in a file. */
export interface SqliteStore extends MovingStore {
  /**
   * Copies the whole database to a new file, while the store is in use. The copy is as the store was at one moment. A
   * server can be started with it as `store.sqlite` in a directory of its own. Rejects if the file exists.
   */
  backup(file: string): Promise<void>;
}

/** Calls that are committed together, at most. */
const COMMITTED_AT_ONCE = 256;

const readsOf = (setting: Setting): ReadCalls => createReads(setting, keptMembers(setting.sql));

const readBeside = (reads: ReadCalls, { ask }: Connection): Read => {
  // It reads at once: a store that is closed right after this call closes the connection.
  const call = (name: keyof ReadCalls, ...args: unknown[]): Promise<unknown> =>
    new Promise((resolve) => {
      resolve(carryOut(Reflect.apply(reads[name], undefined, args) as Steps<unknown>, ask));
    });
  return call as Read;
};

interface Opened {
  readonly file: string;
  readonly writer: Writer;
  /** The connection that reads beside the writer; undefined if the writer has to read, too. */
  readonly reader: Connection | undefined;
  readonly unlock: () => void;
}

const openFiles = async (
  sqlite: Sqlite,
  { directory, checkIntegrity = false, onError = stderrReport() }: SqliteStoreOptions,
  bounds: Bounds,
  now: () => number,
): Promise<Opened> => {
  await makeDirectory(directory, 0o700);
  const unlock = lock(sqlite, directory);
  const file = join(directory, STORE_FILE);
  let writer: Writer | undefined;
  try {
    writer = await startWriter(
      { _tag: 'Write', file, bounds, checkIntegrity, most: COMMITTED_AT_ONCE },
      { now, report: onError },
    );
    const reader = mayReadBeside(writer.version)
      ? connect(new sqlite.DatabaseSync(file, { readOnly: true }))
      : undefined;
    return { file, writer, reader, unlock };
  } catch (error) {
    await writer?.close();
    unlock();
    throw located(file, error);
  }
};

/**
 * Opens a store that keeps everything in a file of SQLite. What a call has changed is on the disk when the call
 * resolves. A thread of its own writes: calls that arrive while it commits are committed together. It needs Node 22.13
 * or later, or the package `@photostructure/sqlite`.
 *
 * Rejects if another process uses the directory, if the database is damaged or newer than this program, or if there is
 * no SQLite.
 *
 * @example
 * const store = await openSqliteStore({ directory: './data' });
 * const server = await createServer({ port: 6400, store });
 */
export const openSqliteStore = async (options: SqliteStoreOptions): Promise<SqliteStore> => {
  const { clock = { now: Date.now }, whileSwept = everyFewSeconds } = options;
  const { directory, checkIntegrity, onError, clock: _, whileSwept: __, ...numbers } = options;
  checkLimits('openSqliteStore', numbers);
  const bounds = boundsOf(numbers);
  const now = (): number => clock.now();
  const { file, writer, reader, unlock } = await openFiles(await loadSqlite(), options, bounds, now);
  const steady = steadyClock(clock, () => undefined);
  const { call } = writer;
  const read: Read = reader === undefined ? call : readBeside(readsOf(settingOf(bounds, now)), reader);

  const report = stderrReport();
  let isSweeping = false;
  const stop = whileSwept(() => {
    // A slice of a big database may take longer than the time between two slices.
    if (isSweeping) return true;
    isSweeping = true;
    // Nothing is deleted because the clock is wrong for a moment.
    void writer
      .sweep(Math.min(now(), steady.now()))
      // It is tried again with the next slice.
      .catch(report)
      .finally(() => {
        isSweeping = false;
      });
    return true;
  });

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stop();
    reader?.close();
    await writer.close();
    unlock();
  };

  /** A call that changes something. */
  const change =
    <N extends keyof Changes>(name: N) =>
    (...args: Parameters<Changes[N]>) =>
      call(name, ...args);

  return {
    ...storeCalls(change, read, numbers),
    append: async (messages) => {
      const placed = await call('place', messages.map(packed));
      return messages.flatMap((message, index) => {
        const result = placed[index];
        return result === undefined ? [] : [appendedOf(message, result)];
      });
    },
    backup: (target) =>
      written(target, (partial) => (reader === undefined ? writer.backup(partial) : copyBeside(file, partial))),
    close: () => (closing ??= close()),
  };
};

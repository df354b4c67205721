/** Stores in directories of their own, which are deleted with them. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore, openSqliteStore, type MemoryStoreOptions, type MovingStore } from 'rx-realtime/server';
import { inPostgres, postgresUrl } from './postgres.js';

/** A file system in memory where there is one: these tests don't measure how long a disk takes. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export const temporaryDirectory = (): Promise<string> => mkdtemp(join(base, 'rx-realtime-store-'));

export const remove = (directory: string): Promise<void> => rm(directory, { recursive: true, force: true });

interface Opened {
  readonly store: MovingStore;
  /** Closes the store, and deletes what it has written. */
  readonly end: () => Promise<void>;
}

const inSqlite = async (options: MemoryStoreOptions = {}): Promise<Opened> => {
  const directory = await temporaryDirectory();
  const store = await openSqliteStore({ ...options, directory });
  const end = async (): Promise<void> => {
    await store.close();
    await remove(directory);
  };
  return { store, end };
};

const unbounded: MemoryStoreOptions = {
  ...{ unreadLimit: Infinity, historyDays: Infinity, historyMessages: Infinity, conversationDays: Infinity },
  ...{ querySteps: Infinity, notices: Infinity, noticeBytes: Infinity, tokens: Infinity },
  queriedConversations: Infinity,
};

type Opener = readonly [name: string, open: (options?: MemoryStoreOptions) => Promise<Opened>];

const inPostgresOf = (url: string): readonly Opener[] => [
  ['in PostgreSQL', (options) => inPostgres(url, options)],
  ['in PostgreSQL, without bounds', (options) => inPostgres(url, { ...unbounded, ...options })],
];

/** Every store of this package, new and empty. */
export const stores: readonly Opener[] = [
  [
    'in memory',
    (options) => {
      const store = memoryStore(options);
      return Promise.resolve({ store, end: () => store.close() });
    },
  ],
  ['in SQLite', inSqlite],
  ['in SQLite, without bounds', (options) => inSqlite({ ...unbounded, ...options })],
  ...(postgresUrl === undefined ? [] : inPostgresOf(postgresUrl)),
];

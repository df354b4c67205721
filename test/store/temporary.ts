/** Stores in directories of their own, which are deleted with them. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore, openSqliteStore, type MemoryStoreOptions, type MovingStore } from 'rx-realtime/server';

/** A file system in memory where there is one: these tests don't measure how long a disk takes. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export const temporaryDirectory = (): Promise<string> => mkdtemp(join(base, 'rx-realtime-store-'));

export const remove = (directory: string): Promise<void> => rm(directory, { recursive: true, force: true });

export interface Opened {
  readonly store: MovingStore;
  /** Closes the store, and deletes what it has written. */
  readonly end: () => Promise<void>;
}

export const inSqlite = async (options: MemoryStoreOptions = {}): Promise<Opened> => {
  const directory = await temporaryDirectory();
  const store = await openSqliteStore({ ...options, directory });
  const end = async (): Promise<void> => {
    await store.close();
    await remove(directory);
  };
  return { store, end };
};

export const inMemory = (options: MemoryStoreOptions = {}): Promise<Opened> => {
  const store = memoryStore(options);
  return Promise.resolve({ store, end: () => store.close() });
};

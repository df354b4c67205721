/** Stores in directories of their own, which are deleted with them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore, openSqliteStore, type MemoryStoreOptions, type Store } from 'rx-realtime/server';

export const temporaryDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'rx-realtime-store-'));

export const remove = (directory: string): Promise<void> => rm(directory, { recursive: true, force: true });

export interface Opened {
  readonly store: Store;
  /** Closes the store, and deletes what it has written. */
  readonly end: () => Promise<void>;
}

/** Every store of this package, new and empty. */
export const stores: readonly (readonly [name: string, open: (options?: MemoryStoreOptions) => Promise<Opened>])[] = [
  [
    'in memory',
    (options) => {
      const store = memoryStore(options);
      return Promise.resolve({ store, end: () => store.close() });
    },
  ],
  [
    'in SQLite',
    async (options) => {
      const directory = await temporaryDirectory();
      const store = await openSqliteStore({ ...options, directory });
      const end = async (): Promise<void> => {
        await store.close();
        await remove(directory);
      };
      return { store, end };
    },
  ],
];

/** Where a server keeps everything. */
import { limitsOf } from '../options.js';
import { memoryStore } from '../store/memory.js';
import { openPostgresStore } from '../store/postgres/open.js';
import { placeOf } from '../store/postgres/place.js';
import { loadSqlite } from '../store/sqlite/driver.js';
import { openSqliteStore } from '../store/sqlite/open.js';
import type { MovingStore } from '../store/store.js';
import type { Settings } from './settings.js';

export interface Data {
  readonly store: MovingStore;
  /** For the log. */
  readonly text: string;
}

const IN_MEMORY = 'everything is kept in memory, and ends with this process';

const whyNoSqlite = (): Promise<string | undefined> =>
  loadSqlite().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** Opens the store. `failed` is called if it can store nothing any more. */
export const openData = async (
  { data, database, keep, limits }: Pick<Settings, 'data' | 'database' | 'keep' | 'limits'>,
  failed: (error: Error) => void,
): Promise<Data> => {
  const kept = { ...keep, unreadLimit: limitsOf(limits).unreadMessages };
  if (database !== undefined) {
    const store = await openPostgresStore({ ...kept, url: database.url });
    return { store, text: `everything is kept in PostgreSQL at ${String(placeOf(database.url))}` };
  }
  const inMemory = (text: string): Data => ({ store: memoryStore(kept), text });
  if (data === undefined) return inMemory(IN_MEMORY);
  const { directory, isAsked } = data;
  const missing = await whyNoSqlite();
  if (missing !== undefined) {
    if (isAsked) throw new Error(`--data ${directory}: ${missing}; or take --data memory`);
    return inMemory(`${IN_MEMORY}: ${missing}`);
  }
  const store = await openSqliteStore({ ...kept, directory, onError: failed });
  return { store, text: `everything is kept in ${directory}` };
};

/** One process for a directory: the lock ends with the process, however it ends. */
import { join } from 'node:path';
import type { Database, Sqlite } from './driver.js';

const BUSY = 5;

/** The primary result codes of SQLite are in the lowest byte. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 255) === BUSY;

/**
 * Locks a directory. The result unlocks it. Throws if another process has locked it, or this one.
 *
 * The lock is a transaction in a database of its own, so the operating system takes it back when the process ends. The
 * file stays, and says nothing.
 */
export const lock = ({ DatabaseSync }: Sqlite, directory: string): (() => void) => {
  const database: Database = new DatabaseSync(join(directory, 'lock.sqlite'));
  try {
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new Error(
      `${directory} is in use by another server: end that one first, or give this one another directory`,
      { cause: error },
    );
  }
  return () => {
    database.exec('rollback');
    database.close();
  };
};

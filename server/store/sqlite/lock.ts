/** One process for a directory: the lock ends with the process, however it ends. */
import { join } from 'node:path';
import type { Database, Sqlite } from './driver.js';
import { located, sqliteCode } from './located.js';

const BUSY = 5;

/**
 * Locks a directory. The result unlocks it. Throws if another process has locked it, or this one.
 *
 * The lock is a transaction in a database of its own, so the operating system takes it back when the process ends. The
 * file stays, and says nothing.
 */
export const lock = ({ DatabaseSync }: Sqlite, directory: string): (() => void) => {
  const file = join(directory, 'lock.sqlite');
  const open = (): Database => {
    try {
      return new DatabaseSync(file);
    } catch (error) {
      throw located(file, error);
    }
  };
  const database = open();
  try {
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if (sqliteCode(error) !== BUSY) throw located(file, error);
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

/** Copies a store, and goes back to a copy. */
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, versionOf } from './connection.js';
import { loadSqlite, mayReadBeside, type Sqlite } from './driver.js';
import { lock } from './lock.js';
import { exists, STORE_FILE, written } from './new-file.js';
import { openSqliteStore } from './open.js';
import { copyBeside } from './writer.js';

/** Whether this SQLite may read a database while another process writes it. */
const mayCopyInUse = ({ DatabaseSync }: Sqlite): boolean => {
  const connection = connect(new DatabaseSync(':memory:'));
  try {
    return mayReadBeside(versionOf(connection));
  } finally {
    connection.close();
  }
};

/** Copies the store of a directory to a new file. A server may use it meanwhile. Rejects if there is no store. */
export const backupDirectory = async (directory: string, file: string): Promise<void> => {
  const sqlite = await loadSqlite();
  const source = join(directory, STORE_FILE);
  if (!(await exists(source))) throw new Error(`${directory} has no store: there is no ${STORE_FILE} in it`);
  await written(file, async (partial) => {
    // A store that nobody uses is locked. One that is in use can be copied, too.
    const unlock = mayCopyInUse(sqlite) ? () => undefined : lock(sqlite, directory);
    try {
      await copyBeside(source, partial);
    } finally {
      unlock();
    }
  });
};

/**
 * Puts a copy into a directory that has no store, and checks it. Rejects if it is damaged; then the directory has no
 * store, as before.
 */
export const restoreDirectory = async (file: string, directory: string): Promise<void> => {
  const sqlite = await loadSqlite();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const unlock = lock(sqlite, directory);
  const target = join(directory, STORE_FILE);
  try {
    // What is left of another store would be read into this one.
    const left = (await readdir(directory)).find(
      (name) => name.startsWith(STORE_FILE) && name !== `${STORE_FILE}.partial`,
    );
    if (left !== undefined) throw new Error(`${join(directory, left)} exists: take a directory without a store`);
    await written(target, (partial) => copyFile(file, partial));
  } finally {
    unlock();
  }
  try {
    const store = await openSqliteStore({ directory, checkIntegrity: true });
    await store.close();
  } catch (error) {
    for (const end of ['', '-wal', '-shm']) await rm(target + end, { force: true });
    throw error;
  }
};

/** Copies a store, and goes back to a copy. */
import { copyFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../../make-directory.js';
import { checkIntegrityOf, connect, versionOf } from './connection.js';
import { loadSqlite, mayReadBeside, type Sqlite } from './driver.js';
import { lock } from './lock.js';
import { located } from './located.js';
import { schemaVersionOf } from './migrations.js';
import { exists, isPartial, STORE_FILE, written } from './new-file.js';
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
  const copied = written(file, async (partial) => {
    // A store that nobody uses is locked. One that is in use can be copied, too.
    const unlock = mayCopyInUse(sqlite) ? () => undefined : lock(sqlite, directory);
    try {
      await copyBeside(source, partial);
    } finally {
      unlock();
    }
  });
  await copied.catch((error: unknown) => {
    throw located(`${directory} can't be copied to ${file}`, error);
  });
};

/** Rejects if a file is no copy of a store, is damaged, or is newer than this program. */
const check = ({ DatabaseSync }: Sqlite, file: string): void => {
  const connection = connect(new DatabaseSync(file));
  try {
    if (schemaVersionOf(connection) === 0) throw new Error('the file is empty: it is no copy of a store');
    checkIntegrityOf(connection);
  } finally {
    connection.close();
  }
};

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

/**
 * Puts a copy into a directory that has no store, and checks it before it is the store there. Rejects if it is no
 * copy, or damaged; then the directory has no store, as before.
 */
export const restoreDirectory = async (file: string, directory: string): Promise<void> => {
  const sqlite = await loadSqlite();
  // The newest changes of a store are in this file, and would be lost.
  if ((await sizeOf(`${file}-wal`)) > 0)
    throw new Error(`${file} is no copy, but a store that is in use or was killed: take what backup has made of it`);
  await makeDirectory(directory, 0o700);
  const unlock = lock(sqlite, directory);
  try {
    const names = (await readdir(directory)).filter((name) => name.startsWith(STORE_FILE));
    // What is left of another store would be read into this one.
    const left = names.find((name) => !isPartial(name));
    if (left !== undefined) throw new Error(`${join(directory, left)} exists: take a directory without a store`);
    for (const name of names) await rm(join(directory, name), { force: true });
    await written(join(directory, STORE_FILE), async (partial) => {
      await copyFile(file, partial);
      try {
        check(sqlite, partial);
      } catch (error) {
        throw located(file, error);
      }
    });
  } finally {
    unlock();
  }
};

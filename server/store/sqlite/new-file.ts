/** Files of the store that are written by a copy. */
import { constants } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { access, open as openFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The name of the database in its directory. */
export const STORE_FILE = 'store.sqlite';

export const exists = async (file: string): Promise<boolean> => {
  try {
    await access(file, constants.F_OK);
    return true;
  } catch {
    return false;
  }
};

/** Whether this is a file that was not finished, or one that SQLite has written beside it. */
export const isPartial = (name: string): boolean => /\.partial(?:-wal|-shm|-journal)?$/.test(name);

const sync = async (path: string, flags: string): Promise<void> => {
  const handle = await openFile(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** A new file that is whole, or not there. Two that write the same file at once don't touch each other's. */
export const written = async (file: string, write: (partial: string) => Promise<void>): Promise<void> => {
  if (await exists(file)) throw new Error(`${file} exists: a copy is written to a new file`);
  const partial = `${file}.${randomUUID().slice(0, 8)}.partial`;
  try {
    await write(partial);
    await sync(partial, 'r+');
    await rename(partial, file);
  } catch (error) {
    for (const end of ['', '-wal', '-shm', '-journal']) await rm(partial + end, { force: true });
    throw error;
  }
  // The name is on the disk, too. Windows does that by itself, and has no way to ask for it.
  if (process.platform !== 'win32') await sync(dirname(file), 'r');
};

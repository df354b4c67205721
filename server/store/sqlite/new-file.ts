/** Files of the store that are written by a copy. */
import { constants } from 'node:fs';
import { access, open as openFile, rename, rm } from 'node:fs/promises';

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

/** A new file that is whole, or not there. */
export const written = async (file: string, write: (partial: string) => Promise<void>): Promise<void> => {
  if (await exists(file)) throw new Error(`${file} exists: a copy is written to a new file`);
  const partial = `${file}.partial`;
  await rm(partial, { force: true });
  try {
    await write(partial);
    const handle = await openFile(partial, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
};

import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutboxStorage } from '../src/index.js';

const KEPT = '.json';
/** Messages are private: other users of the machine can't read them. */
const OWNER_ONLY = { folder: 0o700, file: 0o600 };

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** A name that every file system accepts, for a text of any length and any characters. */
const nameOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Makes a folder, or closes one that an earlier version has made for everybody. */
const makePrivate = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY.folder });
  await chmod(folder, OWNER_ONLY.folder);
};

/** The content of a file; nothing if it was removed meanwhile. */
const read = async (path: string): Promise<readonly unknown[]> => {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (content === undefined) return [];
  try {
    const json: unknown = JSON.parse(content);
    return [json];
  } catch {
    // The codec reports this content.
    return [content];
  }
};

/**
 * An outbox storage in a directory. Messages outlive the process, even after `kill -9`. The directory is created at
 * the first use. Only the user of the process can read it (mode 0700, files 0600).
 *
 * Each message is one file. It is written under another name, flushed and renamed, so that a half-written file is
 * never read.
 *
 * @example const outbox = createOutbox({ storage: fileOutbox('./outbox') });
 */
export const fileOutbox = (directory: string): OutboxStorage => {
  const folderOf = (owner: string): string => join(directory, nameOf(owner));
  const pathOf = (owner: string, token: string): string => join(folderOf(owner), nameOf(token));
  const made = new Map<string, Promise<unknown>>();
  const make = (folder: string): Promise<unknown> => {
    const making = made.get(folder) ?? makePrivate(folder);
    made.set(folder, making);
    making.catch(() => made.delete(folder));
    return making;
  };
  return {
    load: async (owner) => {
      const folder = folderOf(owner);
      const names = await readdir(folder).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      return (
        await Promise.all(names.filter((name) => name.endsWith(KEPT)).map((name) => read(join(folder, name))))
      ).flat();
    },
    put: async (owner, message) => {
      await make(folderOf(owner));
      const path = pathOf(owner, message.token);
      await writeFile(path, JSON.stringify(message), { flush: true, mode: OWNER_ONLY.file });
      await rename(path, `${path}${KEPT}`);
    },
    remove: (owner, token) => rm(`${pathOf(owner, token)}${KEPT}`, { force: true }),
  };
};

import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutboxStorage } from '../src/index.js';

const KEPT = '.json';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Text that any file system takes as a name, whatever stands in it and however long it is. */
const nameOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a file has; nothing where it has been removed meanwhile. */
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
    // Told by the codec, with what stands there.
    return [content];
  }
};

/**
 * Keeps an outbox in a directory, beyond the end of the process, `kill -9` included: one file a message, written aside, flushed and renamed, so that none is ever there in half. The directory is made with the first use; what a crash has left half written
 * is never read.
 *
 * @example const realtime = createRealtime({ appId, server, outbox: { storage: fileOutbox('./outbox') } });
 */
export const fileOutbox = (directory: string): OutboxStorage => {
  const folderOf = (owner: string): string => join(directory, nameOf(owner));
  const pathOf = (owner: string, token: string): string => join(folderOf(owner), nameOf(token));
  const made = new Map<string, Promise<unknown>>();
  const make = (folder: string): Promise<unknown> => {
    const making = made.get(folder) ?? mkdir(folder, { recursive: true });
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
      return (await Promise.all(names.filter((name) => name.endsWith(KEPT)).map((name) => read(join(folder, name))))).flat();
    },
    put: async (owner, message) => {
      await make(folderOf(owner));
      const path = pathOf(owner, message.token);
      await writeFile(path, JSON.stringify(message), { flush: true });
      await rename(path, `${path}${KEPT}`);
    },
    remove: (owner, token) => rm(`${pathOf(owner, token)}${KEPT}`, { force: true }),
  };
};

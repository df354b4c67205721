/** The directory of uploaded files. */
import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeDirectory } from '../make-directory.js';

/**
 * The name of a stored file: random, with an extension for its type. No part of the name that the sender gives gets
 * into the file system.
 */
export const STORED = /^[0-9a-f]{32}(?:\.[a-z0-9]{1,8})?$/;
/** A file that is being received, on the machine with this mark, by the process with this id. */
const PART = /^[0-9a-f]{32}(?:\.([0-9a-f]{8}))?(?:\.(\d{1,10}))?\.part$/;
/** A machine, or a container: the ids of processes say nothing about those of others. */
const MACHINE = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** A part of another machine is left over after this time, ms. */
const LEFT_AFTER = 86_400_000;

/** The parts that this process is writing, of all of its servers. */
const writing = new Set<string>();

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Whether nobody writes this part any more: its process was killed. */
const isLeftOver = async (path: string, machine: string | undefined, pid: string | undefined): Promise<boolean> => {
  if (machine !== undefined && machine !== MACHINE)
    return stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs > LEFT_AFTER,
      () => false,
    );
  return !writing.has(path) && (pid === undefined || Number(pid) === process.pid || !isAlive(Number(pid)));
};

/** Files that are stored, and their size. */
export interface Found {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Deletes the parts that killed processes have left, and counts the files. A directory that does not exist is empty.
 */
export const sweep = async (directory: string): Promise<Found> => {
  let [files, bytes] = [0, 0];
  const names = await readdir(directory).catch((): string[] => []);
  for (const name of names) {
    const path = join(directory, name);
    const part = PART.exec(name);
    if (part !== null && (await isLeftOver(path, part[1], part[2]))) await rm(path, { force: true });
    if (!STORED.test(name)) continue;
    files += 1;
    bytes += await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return { files, bytes };
};

/** Ends a stream. Resolves when it has let go of its file. */
const closed = (stream: WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.closed) {
      resolve();
      return;
    }
    stream.once('close', resolve);
    stream.destroy();
  });

/**
 * Writes a file: `write` gets the stream for its content. The file has its name only when it is complete; if it can't
 * be written, nothing is left of it.
 */
export const storeFile = async (
  directory: string,
  { id, name }: { readonly id: string; readonly name: string },
  write: (to: WriteStream) => Promise<void>,
): Promise<void> => {
  const part = join(directory, `${id}.${MACHINE}.${process.pid}.part`);
  await makeDirectory(directory);
  writing.add(part);
  const stream = createWriteStream(part, { flags: 'wx' });
  // `write` has this error, too.
  stream.on('error', () => undefined);
  try {
    await write(stream);
    await rename(part, join(directory, name));
  } catch (error) {
    // Until then, the file may still be about to be made.
    await closed(stream);
    await rm(part, { force: true });
    throw error;
  } finally {
    writing.delete(part);
  }
};

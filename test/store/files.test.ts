/** Files that are not what a store needs: each is refused with one text that says where and what to do. */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from 'rx-realtime/server';
import { startError } from '../../server/cli/start-error.js';
import { backupDirectory, restoreDirectory } from '../../server/store/sqlite/backup.js';
import { loadSqlite } from '../../server/store/sqlite/driver.js';
import { bundled } from './bundle.js';
import { remove, temporaryDirectory } from './temporary.js';
import './worker-file.js';

const newDirectory = async (): Promise<string> => {
  const directory = await temporaryDirectory();
  onTestFinished(() => remove(directory));
  return directory;
};

const open = async (directory: string, options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> => {
  const store = await openSqliteStore({ directory, ...options });
  onTestFinished(() => store.close());
  return store;
};

const draft = { kind: 'ordinary', members: ['Tom'], attributes: {}, unique: false, now: Date.now() } as const;

/** A database of another program. */
const foreign = async (file: string): Promise<void> => {
  const { DatabaseSync } = await loadSqlite();
  const database = new DatabaseSync(file);
  database.exec('create table notes (text)');
  database.close();
};

const reasonOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it was done',
    (error: unknown) => startError(error),
  );

describe('a directory that is no place for a store', () => {
  it.each<readonly [what: string, make: (directory: string) => Promise<void>, text: RegExp]>([
    ['damaged', (at) => writeFile(join(at, 'store.sqlite'), 'x'.repeat(5_000)), /store\.sqlite.*backup/],
    ['of another program', (at) => foreign(join(at, 'store.sqlite')), /store\.sqlite.*another program/],
    ['with a damaged lock', (at) => writeFile(join(at, 'lock.sqlite'), 'x'.repeat(5_000)), /lock\.sqlite/],
    [
      'with a directory as lock',
      (at) => mkdir(join(at, 'lock.sqlite')).then(() => undefined),
      /lock\.sqlite.*right to write/,
    ],
  ])('%s: the error names the file', async (_, make, text) => {
    const directory = await newDirectory();
    await make(directory);
    const reason = await reasonOf(open(directory));
    expect(reason).toMatch(text);
    expect(reason).not.toContain('\n');
    // Nothing is locked, and nothing was changed.
    expect(await reasonOf(open(directory))).toBe(reason);
  });

  it('a file: the error names it', async () => {
    const file = join(await newDirectory(), 'file');
    await writeFile(file, '');
    expect(await reasonOf(open(file))).toBe(
      `${file}: there is a file of this name where a directory is needed (EEXIST)`,
    );
  });
});

it.runIf(process.platform === 'linux')('where the system has no room for a directory, none is made', async () => {
  const reason = await reasonOf(open('/proc/rx-realtime/data'));
  expect(reason).toBe('/proc/rx-realtime: there is no such file or directory (ENOENT)');
});

describe('a copy', () => {
  it('that can not be written is refused with a text that says why', async () => {
    const directory = await newDirectory();
    await (await open(directory)).close();
    const reason = await reasonOf(backupDirectory(directory, join(directory, 'none', 'copy')));
    expect(reason).toMatch(/none\/copy: .*unable to open.*the directory has to be there/);
  });

  it('is whole, also if two are written to one file at once', async () => {
    const [directory, other] = [await newDirectory(), await newDirectory()];
    const store = await open(directory);
    await store.createConversation(draft);
    await Promise.allSettled([1, 2, 3].map(() => store.backup(join(directory, 'copy'))));
    await restoreDirectory(join(directory, 'copy'), other);
    expect(await readdir(directory)).not.toContainEqual(expect.stringContaining('partial'));
    expect(await readdir(other)).toEqual(expect.arrayContaining(['store.sqlite']));
  });

  it.each<readonly [what: string, make: (file: string) => Promise<void>, text: RegExp]>([
    ['empty', (file) => writeFile(file, ''), /source: .*no copy of a store/],
    ['of something else', (file) => writeFile(file, 'x'.repeat(5_000)), /source: .*not a database/],
    ['of another program', foreign, /source: .*another program/],
    ['not there', () => Promise.resolve(), /source: there is no such file/],
    ['a directory', (file) => mkdir(file).then(() => undefined), /source: it is a directory/],
  ])('that is %s is not put back; the directory has no store then, and can have one', async (_, make, text) => {
    const [source, directory] = [join(await newDirectory(), 'source'), await newDirectory()];
    await make(source);
    expect(await reasonOf(restoreDirectory(source, directory))).toMatch(text);
    expect(await readdir(directory)).not.toContainEqual(expect.stringContaining('store.sqlite'));
    await open(directory);
  });

  it('is not taken of the files of a store that is in use: its newest changes are in another one', async () => {
    const [directory, other] = [await newDirectory(), await newDirectory()];
    const store = await open(directory);
    await store.createConversation(draft);
    expect(await reasonOf(restoreDirectory(join(directory, 'store.sqlite'), other))).toMatch(/is no copy, but a store/);
  });

  it('can be put back after a process was killed while it did that', async () => {
    const [directory, other] = [await newDirectory(), await newDirectory()];
    const store = await open(directory);
    const { id } = (await store.createConversation(draft)).info;
    await store.backup(join(directory, 'copy'));
    await copyFile(join(directory, 'copy'), join(other, 'store.sqlite.1a2b3c4d.partial'));
    await writeFile(join(other, 'store.sqlite.1a2b3c4d.partial-wal'), 'x');
    await restoreDirectory(join(directory, 'copy'), other);
    expect((await readdir(other)).filter((name) => name.includes('partial'))).toEqual([]);
    expect(await (await open(other)).conversations([id])).toHaveLength(1);
  });
});

describe('what can not be sent to the thread of the store', () => {
  it('fails its own call, and no other', async () => {
    const store = await open(await newDirectory());
    const wrong = { ...draft, attributes: { level: new Proxy({}, {}) } };
    const results = await Promise.allSettled([draft, wrong, draft].map((each) => store.createConversation(each)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(store.createConversation(wrong)).rejects.toThrow('no plain data');
  });
});

it('the thread of the store starts whatever options of Node the process has', async () => {
  const directory = await newDirectory();
  const store = pathToFileURL(bundled('server/store/sqlite/open.ts', 'open')).href;
  const program = `const { openSqliteStore } = await import(${JSON.stringify(store)});
    await (await openSqliteStore({ directory: ${JSON.stringify(directory)} })).close();`;
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect([stderr, status]).toEqual(['', 0]);
});

it('a program without the file of the thread beside it is told which file is missing, and from where to copy it', async () => {
  const data = await newDirectory();
  const program = bundled('server/store/sqlite/open.ts', 'open');
  const alone = join(dirname(program), 'alone', 'open.js');
  await mkdir(dirname(alone), { recursive: true });
  await copyFile(program, alone);
  const { openSqliteStore: openAlone } = (await import(pathToFileURL(alone).href)) as {
    openSqliteStore: typeof openSqliteStore;
  };
  const reason = await reasonOf(openAlone({ directory: data }));
  expect(reason).toContain(`${join(dirname(alone), 'worker.js')} is missing`);
  expect(reason).toContain('dist/bundled/server/store/sqlite/worker.mjs');
});

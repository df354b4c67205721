/** The command `import`. */
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { either as E } from 'fp-ts';
import { JsonObject, parseJson } from '../../codecs/index.js';
import { createCloud } from '../moving/cloud.js';
import { Checkpoint, importFromCloud } from '../moving/from-cloud.js';
import { createImporting, type Importing } from '../moving/importing.js';
import { readRecords } from '../moving/read-file.js';
import { decodeMoving } from '../moving/records.js';
import type { MovingStore } from '../store/store.js';
import { importHelp } from './help.js';
import { withoutSecrets } from './log.js';
import { openMovingData, placeOptions, type Environment } from './moving-data.js';
import { createProgress, createReport, summaryOf } from './report.js';
import { startError, whyUnreadable } from './start-error.js';

/** The world around an import. */
export interface ImportWorld {
  readonly env: Environment;
  readonly say: (line: string) => void;
  readonly fetch: typeof fetch;
  /** ms since 1970. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly open: typeof openMovingData;
}

export interface Imported {
  readonly text: string;
  /** 0: everything was taken; 2: something is listed that was not. */
  readonly exitCode: 0 | 2;
}

const KEY = 'RX_REALTIME_IMPORT_KEY';
const RATE = 5;

const options = {
  ...placeOptions,
  from: { type: 'string' },
  'app-id': { type: 'string' },
  key: { type: 'string' },
  'key-file': { type: 'string' },
  rate: { type: 'string' },
  checkpoint: { type: 'string' },
  report: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const parse = (argv: readonly string[]) => parseArgs({ args: [...argv], options, allowPositionals: true });
type Values = ReturnType<typeof parse>['values'];

const LOCAL = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Where the API is. The key must not be readable on the way. */
const addressOf = (from: string): string => {
  const url = URL.canParse(from) ? new URL(from) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new Error('--from: it needs the address of the API, such as https://abcdefgh.api.lncldglobal.com');
  if (url.protocol === 'http:' && !LOCAL.test(url.hostname))
    throw new Error('--from: over http, others could read the key; take the https address');
  return url.origin;
};

const keyOf = async ({ key, 'key-file': file }: Values, env: Environment): Promise<string> => {
  const found = [
    ...(key === undefined ? [] : [key]),
    ...(file === undefined
      ? []
      : [
          (
            await readFile(file, 'utf8').catch((error: unknown) => {
              throw new Error(`--key-file ${file}: ${whyUnreadable(error)}`);
            })
          ).trim(),
        ]),
    ...(env[KEY] === undefined ? [] : [env[KEY]]),
  ];
  const [first] = found;
  if (first === undefined || first === '')
    throw new Error(`--from needs the master key: --key-file FILE, or ${KEY} in the environment, or --key`);
  if (!/^[\x21-\x7e]+$/.test(first)) throw new Error('the master key has characters that no key has');
  return first.replace(/,master$/, '');
};

const rateOf = ({ rate }: Values): number => {
  const number = rate === undefined ? RATE : Number(rate);
  if (!(number > 0 && number <= 1_000)) throw new Error('--rate: it needs a number of requests a second, up to 1000');
  return number;
};

const readCheckpoint = async (file: string, from: string, appId: string): Promise<Checkpoint> => {
  const start: Checkpoint = { from, appId, step: 'conversations' };
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return start;
  const json = parseJson(text);
  const decoded = Checkpoint.decode(E.isRight(json) ? json.right : undefined);
  if (E.isLeft(decoded)) throw new Error(`--checkpoint ${file}: it is no checkpoint; delete it to begin anew`);
  const found = decoded.right;
  if (found.from !== from || found.appId !== appId)
    throw new Error(`--checkpoint ${file}: it is of another application; take another file`);
  return found.step === 'done' ? { ...found, step: 'conversations' } : found;
};

/** Replaces the file: it is never half written. */
const saveCheckpoint = async (file: string, checkpoint: Checkpoint): Promise<void> => {
  await writeFile(`${file}.new`, `${JSON.stringify(checkpoint)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
};

/** What the first record of a file is: 0 is a conversation, 1 a role, 2 a message, 3 what is kept of a client. */
const rankOf = async (file: string): Promise<number> => {
  for await (const record of (await readRecords(file)).records) {
    const moving = 'json' in record ? decodeMoving(record.json) : undefined;
    const hasKey = 'json' in record && JsonObject.is(record.json) && Object.hasOwn(record.json, 'msg-id');
    if (hasKey) return 2;
    const tag = moving !== undefined && E.isRight(moving) ? moving.right._tag : undefined;
    return tag === 'Role' ? 1 : tag === 'Standing' ? 3 : 0;
  }
  return 0;
};

/** The files with conversations first, since everything else needs them. Marks are on messages. */
const inOrder = async (files: readonly string[]): Promise<readonly string[]> => {
  if (files.length < 2) return files;
  const ranked: { readonly file: string; readonly rank: number }[] = [];
  for (const file of files) ranked.push({ file, rank: await rankOf(file) });
  return ranked.sort((one, other) => one.rank - other.rank).map(({ file }) => file);
};

const REPORT = 'import-report.txt';
const CHECKPOINT = 'import-checkpoint.json';

/** Nothing is taken if a file is not there, or if what is written would take the place of what is read. */
const checkFiles = async ({ report, checkpoint }: Values, files: readonly string[]): Promise<void> => {
  for (const file of files) {
    const found = await stat(file).catch((error: unknown) => {
      throw new Error(`${file}: ${whyUnreadable(error)}`);
    });
    if (found.isDirectory()) throw new Error(`${file}: it is a directory; name its files`);
    // To put the files in order, each is looked at before it is read.
    if (files.length > 1 && !found.isFile())
      throw new Error(`${file}: it can be read once only, since it is no regular file; import it by itself`);
  }
  const inputs = new Set(files.map((file) => resolve(file)));
  for (const [name, file = ''] of [
    ['--report', report ?? REPORT],
    ['--checkpoint', checkpoint],
  ] as const) {
    if (inputs.has(resolve(file))) throw new Error(`${name} ${file}: it is a file to import; take another name`);
    const folder = file === '' ? undefined : await stat(dirname(file)).catch(() => undefined);
    if (file !== '' && folder?.isDirectory() !== true)
      throw new Error(`${name} ${file}: there is no directory ${dirname(file)}`);
  }
};

type Progress = ReturnType<typeof createProgress>;

const importFile = async (file: string, importing: Importing, progress: Progress): Promise<void> => {
  const { records, size, read } = await readRecords(file);
  const source = importing.source(file);
  for await (const record of records) {
    if ('mistake' in record) source.refuse(record.place, record.mistake);
    else await source.add(record.place, record.json, record.text);
    progress(file, read() / size, importing.counts());
  }
  await source.flush();
};

interface Apart {
  readonly values: Values;
  readonly files: readonly string[];
  readonly masterKey: string | undefined;
  readonly store: MovingStore;
  readonly world: ImportWorld;
}

const run = async ({ values, files, masterKey, store, world }: Apart): Promise<Imported> => {
  const { say, now, fetch, wait } = world;
  const { from, 'app-id': appId, report: reportFile = REPORT } = values;
  const report = createReport(reportFile);
  const importing = createImporting({ store, list: report.list, now });
  const progress = createProgress(say, now);
  try {
    for (const file of await inOrder(files)) await importFile(file, importing, progress);
    if (from !== undefined && masterKey !== undefined && appId !== undefined) {
      const url = addressOf(from);
      const file = values.checkpoint ?? CHECKPOINT;
      await importFromCloud({
        cloud: createCloud({ url, appId, masterKey, rate: rateOf(values), fetch, now, wait }),
        store,
        importing,
        checkpoint: await readCheckpoint(file, url, appId),
        save: (checkpoint) => saveCheckpoint(file, checkpoint),
        progress: ({ step, part }) => {
          progress(step, part, importing.counts());
        },
        now,
      });
    }
  } catch (error) {
    say(summaryOf(importing.counts(), report.isWritten() ? reportFile : undefined));
    throw error;
  } finally {
    report.close();
  }
  const counts = importing.counts();
  return {
    text: summaryOf(counts, report.isWritten() ? reportFile : undefined),
    exitCode: counts.refused > 0 ? 2 : 0,
  };
};

/** Imports files, or from the API of the cloud, or both. Rejects with what went wrong; no text shows a secret. */
export const importInto = async (argv: readonly string[], world: ImportWorld): Promise<Imported> => {
  const { values, positionals: files } = parse(argv);
  if (values.help === true) return { text: importHelp, exitCode: 0 };
  const { from, 'app-id': appId, key } = values;
  if (files.length === 0 && from === undefined) throw new Error('import needs files, or --from with an address');
  if (from === undefined && (key ?? values['key-file'] ?? appId) !== undefined)
    throw new Error('--app-id, --key and --key-file are for --from');
  await checkFiles(values, files);
  if (from !== undefined) addressOf(from);
  if (from !== undefined && appId === undefined) throw new Error('--from needs --app-id');
  rateOf(values);
  const masterKey = from === undefined ? undefined : await keyOf(values, world.env);
  const { store, secrets } = await world.open(values, world.env);
  const clean = withoutSecrets([...secrets, ...(masterKey === undefined ? [] : [masterKey])]);
  const say = (line: string): void => {
    world.say(clean(line));
  };
  try {
    return await run({ values, files, masterKey, store, world: { ...world, say } });
  } catch (error) {
    throw new Error(clean(startError(error)), { cause: error });
  } finally {
    await store.close();
  }
};

/** Runs the command as a program. */
export const runImport = async (argv: readonly string[]): Promise<void> => {
  try {
    const { text, exitCode } = await importInto(argv, {
      env: process.env,
      open: openMovingData,
      say: (line) => process.stderr.write(`${line}\n`),
      fetch,
      now: Date.now,
      wait: (ms) =>
        new Promise((resolve) => {
          setTimeout(resolve, ms);
        }),
    });
    process.stdout.write(`${text}\n`);
    process.exitCode = exitCode;
  } catch (error) {
    process.stderr.write(`rx-realtime: ${startError(error)}\n`);
    process.exitCode = 1;
  }
};

/** The command `export`. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { makeDirectory } from '../make-directory.js';
import { documentOf, loadBson } from '../moving/bson.js';
import { conversationsOf, messagesOf, rolesOf, standingsOf } from '../moving/exporting.js';
import { exists, STORE_FILE } from '../store/sqlite/new-file.js';
import type { MovingStore } from '../store/store.js';
import { exportHelp } from './help.js';
import { withoutSecrets } from './log.js';
import { DEFAULT_DATA, openMovingData, placeOptions, type Environment } from './moving-data.js';
import { startError } from './start-error.js';

const headerOf = (name: string): string =>
  `#filetype:JSON-streaming ${JSON.stringify({ type: 'Class', class: name })}\n`;

const numbers = new Intl.NumberFormat('en');

const isThere = (file: string, cause?: unknown): Error =>
  new Error(`${file} is there already: take another directory`, { cause });

/** Writes a new file. A file that could not be completed is deleted. */
const write = async (file: string, isGzip: boolean, chunks: AsyncIterable<string | Uint8Array>): Promise<void> => {
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  const source = Readable.from(chunks);
  try {
    await (isGzip ? pipeline(source, createGzip(), target) : pipeline(source, target));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) await rm(file, { force: true });
    else throw isThere(file, error);
    throw error;
  }
};

interface Wanted {
  readonly store: MovingStore;
  readonly directory: string;
  readonly isGzip: boolean;
  readonly isBson: boolean;
}

const writeAll = async ({ store, directory, isGzip, isBson }: Wanted): Promise<string> => {
  const bson = isBson ? await loadBson() : undefined;
  let [conversations, messages] = [0, 0];
  const ofConversations = async function* (): AsyncGenerator<string | Uint8Array> {
    if (bson === undefined) yield headerOf('_Conversation');
    for await (const json of conversationsOf(store)) {
      conversations += 1;
      yield bson === undefined ? `${JSON.stringify(json)}\n` : documentOf(bson, json);
    }
  };
  const ofRoles = async function* (): AsyncGenerator<string> {
    yield headerOf('_ConversationMemberInfo');
    for await (const json of rolesOf(store)) yield `${JSON.stringify(json)}\n`;
  };
  const ofStandings = async function* (): AsyncGenerator<string> {
    for await (const json of standingsOf(store)) yield `${JSON.stringify(json)}\n`;
  };
  const ofMessages = async function* (): AsyncGenerator<string> {
    for await (const json of messagesOf(store)) {
      messages += 1;
      yield `${JSON.stringify(json)}\n`;
    }
  };
  await makeDirectory(directory, 0o700);
  const end = isGzip ? '.gz' : '';
  const [first, second] = [`_Conversation.${isBson ? 'bson' : 'jsonl'}${end}`, `messages.jsonl${end}`];
  const files = [
    [first, ofConversations],
    [`_ConversationMemberInfo.jsonl${end}`, ofRoles],
    [second, ofMessages],
    [`standings.jsonl${end}`, ofStandings],
  ] as const;
  for (const [name] of files) if (await exists(join(directory, name))) throw isThere(join(directory, name));
  const done: string[] = [];
  try {
    for (const [name, chunks] of files) {
      await write(join(directory, name), isGzip, chunks());
      done.push(join(directory, name));
    }
  } catch (error) {
    // A part of an export would look like one, and would be in the way of the next one.
    for (const file of done) await rm(file, { force: true });
    throw error;
  }
  return `${directory} has ${numbers.format(conversations)} conversations in ${first} and ${numbers.format(messages)} messages in ${second}`;
};

/** An export makes no store. */
const openExisting: typeof openMovingData = async (place, env) => {
  const { data = DEFAULT_DATA, database } = place;
  const isElsewhere = database !== undefined || env['RX_REALTIME_DATABASE'] !== undefined;
  if (!isElsewhere && !(await exists(join(String(data), STORE_FILE))))
    throw new Error(`${String(data)} has no store: there is no ${STORE_FILE} in it`);
  return openMovingData(place, env);
};

/** Exports a store. Gives what to say of it, or rejects with what went wrong; no text shows a secret. */
export const exportTo = async (argv: readonly string[], env: Environment, open = openExisting): Promise<string> => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...placeOptions,
      to: { type: 'string' },
      gzip: { type: 'boolean' },
      bson: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return exportHelp;
  const { to: directory, gzip: isGzip = false, bson: isBson = false } = values;
  if (directory === undefined || directory === '') throw new Error('export needs --to DIR');
  const { store, secrets } = await open(values, env);
  try {
    return await writeAll({ store, directory, isGzip, isBson });
  } catch (error) {
    throw new Error(withoutSecrets(secrets)(startError(error)), { cause: error });
  } finally {
    await store.close();
  }
};

/** Runs the command as a program. */
export const runExport = async (argv: readonly string[]): Promise<void> => {
  try {
    process.stdout.write(`${await exportTo(argv, process.env)}\n`);
  } catch (error) {
    process.stderr.write(`rx-realtime: ${startError(error)}\n`);
    process.exitCode = 1;
  }
};

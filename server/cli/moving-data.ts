/** The store that `import` and `export` use. */
import { either as E } from 'fp-ts';
import type { MovingStore } from '../store/store.js';
import { openData } from './data.js';
import { readTextFile, secretsOf } from './serve.js';
import { readSettings } from './settings.js';

/** The directory that `serve` takes, too, if none is given. */
export const DEFAULT_DATA = './data';

export interface OpenedData {
  readonly store: MovingStore;
  /** Texts that nothing may show. */
  readonly secrets: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLES = ['RX_REALTIME_DATABASE', 'RX_REALTIME_DATABASE_PASSWORD'] as const;

interface Place {
  readonly data?: string | undefined;
  readonly database?: string | undefined;
  readonly 'database-password-file'?: string | undefined;
}

const option = (name: keyof Place, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [`--${name}`, value];

/** Opens the store that a server with the same options has. Rejects if a server uses it. */
export const openMovingData = async (place: Place, env: Environment): Promise<OpenedData> => {
  const { data, database, 'database-password-file': passwordFile } = place;
  const wanted = readSettings({
    argv: [...option('data', data), ...option('database', database), ...option('database-password-file', passwordFile)],
    env: Object.fromEntries(VARIABLES.map((name) => [name, env[name]])),
    readFile: readTextFile,
  });
  if (E.isLeft(wanted)) throw new Error(wanted.left.join('; '));
  if (wanted.right._tag === 'Help') throw new Error('there is no such option');
  let failed: Error | undefined;
  const { store, text } = await openData(wanted.right, (error) => {
    failed = error;
  });
  if (failed !== undefined) throw failed;
  if (store === undefined) throw new Error(`--data: ${text}; take a directory, or --database`);
  return { store, secrets: secretsOf(wanted.right) };
};

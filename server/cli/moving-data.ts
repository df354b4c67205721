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

/** The options that say where everything is, and how long it is kept. */
export const placeOptions = {
  data: { type: 'string' },
  database: { type: 'string' },
  'database-password-file': { type: 'string' },
  keep: { type: 'string', multiple: true },
} as const;

type Place = { readonly [N in keyof typeof placeOptions]?: string | readonly string[] | undefined };

const options = (name: string, values: string | readonly string[] = []): readonly string[] =>
  [values].flat().flatMap((value) => [`--${name}`, value]);

/** Opens the store that a server with the same options has. Rejects if a server uses it. */
export const openMovingData = async (place: Place, env: Environment): Promise<OpenedData> => {
  const isElsewhere = place.database !== undefined || env['RX_REALTIME_DATABASE'] !== undefined;
  const asked: Place = isElsewhere ? place : { data: DEFAULT_DATA, ...place };
  const wanted = readSettings({
    argv: Object.entries(asked).flatMap(([name, values]) => (name in placeOptions ? options(name, values) : [])),
    env: Object.fromEntries(VARIABLES.map((name) => [name, env[name]])),
    readFile: readTextFile,
  });
  if (E.isLeft(wanted)) throw new Error(wanted.left.join('; '));
  if (wanted.right._tag === 'Help') throw new Error('there is no such option');
  const settings = wanted.right;
  if (settings.data === undefined && settings.database === undefined)
    throw new Error('--data: memory ends with this process; take a directory, or --database');
  let failed: Error | undefined;
  const { store } = await openData(settings, (error) => {
    failed = error;
  });
  if (failed !== undefined) throw failed;
  return { store, secrets: secretsOf(settings) };
};

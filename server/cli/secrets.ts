/** Secrets of `serve`: they are in the environment, or in files of their own. */
import { either as E } from 'fp-ts';
import { commandLine, type Options } from './options.js';

export interface Sources {
  /** The arguments behind `serve`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file, or why it can't be read. */
  readonly readFile: (path: string) => E.Either<string, string>;
}

export interface Secret {
  readonly key: 'masterKeyFile' | 'hookSecretFile' | 'metricsKeyFile' | 'databasePasswordFile';
  readonly variable: string;
}

export const SECRETS = {
  masterKey: { key: 'masterKeyFile', variable: 'RX_REALTIME_MASTER_KEY' },
  hookSecret: { key: 'hookSecretFile', variable: 'RX_REALTIME_HOOK_SECRET' },
  metricsKey: { key: 'metricsKeyFile', variable: 'RX_REALTIME_METRICS_KEY' },
  databasePassword: { key: 'databasePasswordFile', variable: 'RX_REALTIME_DATABASE_PASSWORD' },
} as const satisfies Readonly<Record<string, Secret>>;

/** A secret: of the file that an argument names, of the environment, or of the file that a file of settings names. */
export const readSecret = (
  { key, variable }: Secret,
  { env, readFile }: Sources,
  args: Options,
  config: Options,
): E.Either<string, string | undefined> => {
  const checked = (name: string, text: string): E.Either<string, string> =>
    text === '' || /[\r\n\0]/.test(text)
      ? E.left(`${name}: a secret is one line of text, and not empty`)
      : E.right(text);
  const inFile = (file: string): E.Either<string, string> => {
    const name = `--${commandLine[key].name} ${file}`;
    const text = readFile(file);
    return E.isLeft(text) ? E.left(`${name}: ${text.left}`) : checked(name, text.right.replace(/\s+$/, ''));
  };
  const [argument, own, file] = [args[key], env[variable], config[key]];
  if (argument !== undefined) return inFile(argument);
  if (own !== undefined) return checked(variable, own);
  return file === undefined ? E.right(undefined) : inFile(file);
};

/** The secrets that were found. */
export type Found = Readonly<Record<keyof typeof SECRETS, string | undefined>>;

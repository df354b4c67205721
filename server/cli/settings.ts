/** Puts together what `serve` is told: by its arguments, by the environment, and by a file. Reads nothing itself. */
import { dirname, resolve } from 'node:path';
import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import { defined } from '../../codecs/defined.js';
import { cloudLimits, type Limits } from '../options.js';
import { readArguments } from './arguments.js';
import type { Retention, RetentionByKind } from '../domain/memory/retention.js';
import { readSecret, SECRETS, type Found, type Secret, type Sources } from './secrets.js';
import { natsSecretsIn } from '../cluster/nats-wire.js';
import { passwordsIn, withPassword } from '../store/postgres/place.js';
import { commandLine, insteadOf, Options, paths, type OptionName } from './options.js';

/** What `serve` does. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly appId?: string;
  readonly masterKey?: string;
  /** Logins are not verified. */
  readonly isOpen: boolean;
  /** Who may see conversations. */
  readonly readers: 'members' | 'everyone';
  /** The server can be reached from other machines. */
  readonly isExposed: boolean;
  readonly publicUrl?: string;
  readonly trustedProxies: readonly string[];
  /** The files of the certificate and its key. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Where everything is kept; undefined: in memory. */
  readonly data?: {
    readonly directory: string;
    /** It was asked for. Otherwise, a server that has no SQLite keeps everything in memory. */
    readonly isAsked: boolean;
  };
  /** The database server where everything is kept, instead of `data`. */
  readonly database?: {
    /** With its password. */
    readonly url: string;
    /** Texts that no log may show. */
    readonly secrets: readonly string[];
  };
  /** The broker between several servers over one database. Without it, they use the database. */
  readonly nats?: {
    readonly url: string;
    /** Texts that no log may show. */
    readonly secrets: readonly string[];
  };
  /** The name of this server among several. */
  readonly node?: string;
  /** How long things are kept. */
  readonly keep: Retention & { readonly retention: RetentionByKind };
  readonly uploads?: string;
  readonly hooks?: { readonly url: string; readonly secret: string };
  readonly limits: Partial<Limits>;
  readonly metrics: {
    /** The key that has to be given. */
    readonly key?: string;
    /** A port on which metrics are read without a key, unless there is one just for them. */
    readonly own?: { readonly port: number; readonly host: string; readonly key?: string };
  };
  /** The time between "not ready" and sending clients away, ms. */
  readonly drain: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat?: 'json' | 'text';
}

/** What was asked for: to serve, or to show the help. */
export type Wanted = { readonly _tag: 'Help' } | ({ readonly _tag: 'Serve' } & Settings);

/** Lines that say what is wrong and what to do. They show no value. */
type Mistakes = readonly string[];

const DEFAULT_PORT = 6_400;
const LOOPBACK = '127.0.0.1';
const DEFAULT_DATA = './data';
/** The value of `data` for a server that keeps nothing. */
const MEMORY = 'memory';

export const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\])$/i.test(host);

/** Where an option stands, for people. */
type NameOf = (path: readonly string[]) => string;

const ofArguments: NameOf = ([key = '', ...rest]) =>
  [
    `--${commandLine[key as OptionName].name}`,
    ...rest.filter((name) => key === 'keep' || (key === 'limits' && name !== 'preset')),
  ].join(' ');
const ofFile =
  (file: string): NameOf =>
  (path) =>
    `${file}: ${path.join('.')}`;

/** What is said of the first error at each place. */
const wrong = (errors: t.Errors, nameOf: NameOf): Mistakes => {
  const byName = new Map(
    errors.map(({ context }) => [
      nameOf(context.map(({ key }) => key).filter((key) => key !== '')),
      context.at(-1)?.type.name ?? 'something else',
    ]),
  );
  return [...byName].map(([name, expected]) => `${name}: it should be ${expected}`);
};

const isObject = (input: unknown): input is Readonly<Record<string, unknown>> =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

/** Keys that are no options, such as misspelled ones: the server would run without what they should have done. */
const unknownKeys = (
  input: unknown,
  codec: { readonly optional: t.Props },
  nameOf: NameOf,
  path: string[],
): Mistakes =>
  isObject(input)
    ? Object.keys(input)
        .filter((key) => !Object.hasOwn(codec.optional, key))
        .map((key) => {
          const instead = Object.hasOwn(insteadOf, key) ? insteadOf[key] : undefined;
          return `${nameOf([...path, key])}: ${instead ?? (path.length === 0 ? 'there is no such option' : 'there is no such limit')}`;
        })
    : [];

const unknownKept = (input: unknown, nameOf: NameOf): Mistakes => {
  const { keep } = Options.optional;
  const { historyDays: _, historyMessages: __, conversationDays: ___, ...kinds } = keep.optional;
  return [
    ...unknownKeys(input, keep, nameOf, ['keep']),
    ...Object.entries(kinds).flatMap(([kind, codec]) =>
      isObject(input) ? unknownKeys(input[kind], codec, nameOf, ['keep', kind]) : [],
    ),
  ];
};

const decodeOptions = (input: unknown, nameOf: NameOf): E.Either<Mistakes, Options> => {
  const unknown = [
    ...unknownKeys(input, Options, nameOf, []),
    ...(isObject(input) ? unknownKeys(input['limits'], Options.optional.limits, nameOf, ['limits']) : []),
    ...(isObject(input) ? unknownKept(input['keep'], nameOf) : []),
  ];
  const decoded = Options.decode(input);
  const mistakes = [...unknown, ...(E.isLeft(decoded) ? wrong(decoded.left, nameOf) : [])];
  return E.isRight(decoded) && mistakes.length === 0 ? decoded : E.left(mistakes);
};

/** `"cloud"` is short for `{ "preset": "cloud" }`. */
const withLongLimits = (input: unknown): unknown =>
  isObject(input) && typeof input['limits'] === 'string' ? { ...input, limits: { preset: input['limits'] } } : input;

/** The text of V8's error would show what is in the file. */
const notJson = (error: unknown, text: string): string => {
  const position = /at position (\d+)/.exec(String(error))?.[1];
  const line = position === undefined ? undefined : text.slice(0, Number(position)).split('\n').length;
  return `it is not JSON${line === undefined ? '' : `; look at line ${line}`}`;
};

/** Paths in a file of settings are relative to its directory. */
const fromFolder = (options: Options, folder: string): Options =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      paths.has(key) && typeof value === 'string' && value !== MEMORY ? resolve(folder, value) : value,
    ]),
  );

const readConfig = (file: string | undefined, readFile: Sources['readFile']): E.Either<Mistakes, Options> => {
  if (file === undefined) return E.right({});
  const text = readFile(file);
  if (E.isLeft(text)) return E.left([`--config ${file}: ${text.left}`]);
  let json: unknown;
  try {
    json = JSON.parse(text.right.replace(/^\uFEFF/, ''));
  } catch (error) {
    return E.left([`${file}: ${notJson(error, text.right)}`]);
  }
  if (!isObject(json)) return E.left([`${file}: it should be an object, such as { "port": 6400 }`]);
  return E.map((options: Options) => fromFolder(options, dirname(file)))(
    decodeOptions(withLongLimits(json), ofFile(file)),
  );
};

const limitsIn = ({ limits }: Options): Partial<Limits> => {
  const { preset, ...others } = limits ?? {};
  return { ...(preset === 'cloud' ? cloudLimits : {}), ...defined(others) };
};

const keepIn = ({ keep = {} }: Options): Settings['keep'] => {
  const { ordinary, room, system, temporary, ...all } = keep;
  return { ...defined(all), retention: defined({ ordinary, room, system, temporary }) };
};

/** Options that only make sense together, and what is not safe. */
const mistakesIn = (
  options: Options,
  isExposed: boolean,
  { masterKey, hookSecret, databasePassword }: Found,
): Mistakes => [
  ...((options.tlsCert === undefined) === (options.tlsKey === undefined)
    ? []
    : ['--tls-cert and --tls-key: one needs the other']),
  ...(options.hooks !== undefined && hookSecret === undefined
    ? ['--hooks: web hooks are signed; give --hook-secret-file, or RX_REALTIME_HOOK_SECRET']
    : []),
  ...(options.data !== undefined && options.database !== undefined
    ? ['--data and --database: everything is kept in one of them; leave the other out']
    : []),
  ...(options.database === undefined && databasePassword !== undefined
    ? ['--database-password-file: it needs --database, or RX_REALTIME_DATABASE']
    : []),
  ...(options.nats !== undefined && options.database === undefined
    ? ['--nats: several servers need one database; give --database, or RX_REALTIME_DATABASE']
    : []),
  ...(options.node !== undefined && options.database === undefined
    ? ['--node: it needs --database, or RX_REALTIME_DATABASE']
    : []),
  ...(options.metricsHost !== undefined && options.metricsPort === undefined
    ? ['--metrics-host: it needs --metrics-port']
    : []),
  ...(isExposed && masterKey === undefined && options.open !== true
    ? [
        'others can reach this server, and it would verify no login: give --master-key-file, ' +
          'or RX_REALTIME_MASTER_KEY, or --open if everybody may log in as anybody',
      ]
    : []),
];

const databaseOf = (given: string, password: string | undefined): NonNullable<Settings['database']> => {
  const url = password === undefined ? given : withPassword(given, password);
  return { url, secrets: [...passwordsIn(url), ...(password === undefined ? [] : [password])] };
};

const settingsOf = (options: Options, isExposed: boolean, secrets: Found): Settings => {
  const { host = LOOPBACK, port = DEFAULT_PORT, trustedProxies = [], tlsCert, tlsKey, hooks, metricsPort } = options;
  const { masterKey, hookSecret, metricsKey, databasePassword } = secrets;
  const { database, appId, publicUrl, data, uploads, logFormat, metricsHost = LOOPBACK } = options;
  return {
    port,
    host,
    isExposed,
    isOpen: masterKey === undefined || options.open === true,
    readers: options.readers ?? (options.open === true ? 'everyone' : 'members'),
    trustedProxies,
    limits: limitsIn(options),
    keep: keepIn(options),
    drain: (options.drain ?? 0) * 1_000,
    logLevel: options.logLevel ?? 'info',
    metrics: defined({
      key: metricsKey ?? masterKey,
      own:
        metricsPort === undefined
          ? undefined
          : { port: metricsPort, host: metricsHost, ...defined({ key: metricsKey }) },
    }),
    ...defined({
      appId,
      masterKey,
      publicUrl,
      uploads,
      logFormat,
      node: options.node,
      nats: options.nats === undefined ? undefined : { url: options.nats, secrets: natsSecretsIn(options.nats) },
      database: database === undefined ? undefined : databaseOf(database, databasePassword),
      data:
        data === MEMORY || database !== undefined
          ? undefined
          : { directory: data ?? DEFAULT_DATA, isAsked: data !== undefined },
      tls: tlsCert === undefined || tlsKey === undefined ? undefined : { cert: tlsCert, key: tlsKey },
      hooks: hooks === undefined || hookSecret === undefined ? undefined : { url: hooks, secret: hookSecret },
    }),
  };
};

const VARIABLES = { database: 'RX_REALTIME_DATABASE', nats: 'RX_REALTIME_NATS' } as const;

/** The addresses of the database and the broker in the environment. */
const addressesIn = (env: Sources['env']): E.Either<Mistakes, Options> =>
  decodeOptions(
    defined({ database: env[VARIABLES.database], nats: env[VARIABLES.nats] }),
    ([key]) => VARIABLES[key === 'nats' ? 'nats' : 'database'],
  );

/** Arguments are no place for a password. */
const passwordMistakes = (args: E.Either<Mistakes, Options>): Mistakes =>
  E.isLeft(args)
    ? []
    : [
        ...(args.right.database !== undefined && passwordsIn(args.right.database).length > 0
          ? [`--database: ${String(insteadOf['database-password'])}`]
          : []),
        ...(args.right.nats !== undefined && natsSecretsIn(args.right.nats).length > 0
          ? [`--nats: ${String(insteadOf['nats-password'])}`]
          : []),
      ];

/**
 * Reads what `serve` is told. An argument counts more than the environment, and that more than the file. A secret is
 * in the environment or in a file of its own.
 */
export const readSettings = (sources: Sources): E.Either<Mistakes, Wanted> => {
  const { options: given, config: file, wantsHelp, mistakes } = readArguments(sources.argv);
  if (wantsHelp) return E.right({ _tag: 'Help' });
  const args = decodeOptions(given, ofArguments);
  const config = readConfig(file, sources.readFile);
  const environment = addressesIn(sources.env);
  const early = [
    ...mistakes,
    ...(E.isLeft(environment) ? environment.left : []),
    ...passwordMistakes(args),
    ...(E.isLeft(args) ? args.left : []),
    ...(E.isLeft(config) ? config.left : []),
  ];
  if (E.isLeft(args) || E.isLeft(config) || E.isLeft(environment) || early.length > 0) return E.left(early);

  const options: Options = { ...config.right, ...environment.right, ...args.right };
  const read = (secret: Secret): E.Either<string, string | undefined> =>
    readSecret(secret, sources, args.right, config.right);
  const found = {
    masterKey: read(SECRETS.masterKey),
    hookSecret: read(SECRETS.hookSecret),
    metricsKey: read(SECRETS.metricsKey),
    databasePassword: read(SECRETS.databasePassword),
  };
  const unread = Object.values(found).flatMap((secret) => (E.isLeft(secret) ? [secret.left] : []));
  if (unread.length > 0) return E.left(unread);
  const of = E.getOrElse<string, string | undefined>(() => undefined);
  const secrets: Found = {
    masterKey: of(found.masterKey),
    hookSecret: of(found.hookSecret),
    metricsKey: of(found.metricsKey),
    databasePassword: of(found.databasePassword),
  };
  const isExposed =
    !isLoopback(options.host ?? LOOPBACK) ||
    options.publicUrl !== undefined ||
    (options.trustedProxies ?? []).length > 0;
  const late = mistakesIn(options, isExposed, secrets);
  return late.length > 0 ? E.left(late) : E.right({ _tag: 'Serve', ...settingsOf(options, isExposed, secrets) });
};

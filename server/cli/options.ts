/** The options of `serve`: their names, their codecs, and what they are for. */
import * as t from 'io-ts';
import { record } from '../../codecs/index.js';
import { guarded } from '../../codecs/type.js';
import { defaultLimits, type Limits } from '../options.js';
import { natsPlaceOf } from '../cluster/nats-wire.js';
import { placeOf } from '../store/postgres/place.js';

const isText = (input: unknown): input is string => typeof input === 'string' && input !== '';

const Text = guarded('a text', isText);
const Path = guarded('the name of a file', isText);
const Folder = guarded('the name of a directory', isText);
const Port = guarded(
  'a whole number from 0 to 65535',
  (input): input is number => Number.isInteger(input) && Number(input) >= 0 && Number(input) <= 65_535,
);
const Seconds = guarded(
  'a number of seconds from 0 to 3600',
  (input): input is number => typeof input === 'number' && input >= 0 && input <= 3_600,
);

const isWebAddress = (input: unknown): input is string => {
  if (!isText(input) || !URL.canParse(input)) return false;
  const { protocol, username, password, search, hash } = new URL(input);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
};
const WebAddress = guarded('an http or https address, without a user, a password and a query', isWebAddress);

const isDatabase = (input: unknown): input is string => isText(input) && placeOf(input) !== undefined;
const DatabaseAddress = guarded(
  'an address such as postgres://user@host:5432/database, with %25 for a % in it',
  isDatabase,
);

const isNats = (input: unknown): input is string => isText(input) && natsPlaceOf(input) !== undefined;
const NatsAddress = guarded('an address such as nats://host:4222, or several, apart by commas', isNats);
const NodeName = guarded(
  'a name of at most 64 letters, digits, dots, hyphens and underscores',
  (input): input is string => isText(input) && /^[\w.-]{1,64}$/.test(input),
);

const oneOf = <A extends string>(...texts: readonly A[]): t.Type<A> =>
  guarded(texts.join(' or '), (input): input is A => (texts as readonly unknown[]).includes(input));

const isLimit = (input: unknown): input is number => typeof input === 'number' && input >= 0;
/** A limit. JSON has no number that means "no limit". */
const Limit = new t.Type<number, unknown>(
  'a number of 0 or more, or unlimited',
  isLimit,
  (input, context) =>
    input === 'unlimited' ? t.success(Infinity) : isLimit(input) ? t.success(input) : t.failure(input, context),
  (limit) => (limit === Infinity ? 'unlimited' : limit),
);
const isLimitName = (name: string): name is keyof Limits => Object.hasOwn(defaultLimits, name);
const limitCodecs = Object.fromEntries(
  Object.keys(defaultLimits)
    .filter(isLimitName)
    .map((name) => [name, Limit]),
) as Readonly<Record<keyof Limits, typeof Limit>>;

const Preset = guarded('cloud, or a limit such as members=1000', (input): input is 'cloud' => input === 'cloud');
const LimitsOption = record('cloud, or an object such as { "members": 1000 }', {}, { preset: Preset, ...limitCodecs });

const kept = { historyDays: Limit, historyMessages: Limit, conversationDays: Limit };
const KeptOfKind = record('an object such as { "historyDays": 30 }', {}, kept);
const kinds = { ordinary: KeptOfKind, room: KeptOfKind, system: KeptOfKind, temporary: KeptOfKind };
const KeepOption = record(
  'an object such as { "historyDays": 30, "room": { "historyDays": 1 } }',
  {},
  {
    ...kept,
    ...kinds,
  },
);

/** The options as a file of settings has them. */
const codecs = {
  port: Port,
  host: Text,
  appId: Text,
  masterKeyFile: Path,
  open: guarded('true or false', (input): input is boolean => typeof input === 'boolean'),
  readers: oneOf('members', 'everyone'),
  publicUrl: Text,
  trustedProxies: t.readonlyArray(Text, 'a list of addresses'),
  tlsCert: Path,
  tlsKey: Path,
  data: Folder,
  database: DatabaseAddress,
  databasePasswordFile: Path,
  nats: NatsAddress,
  node: NodeName,
  keep: KeepOption,
  uploads: Folder,
  hooks: WebAddress,
  hookSecretFile: Path,
  limits: LimitsOption,
  metricsPort: Port,
  metricsHost: Text,
  metricsKeyFile: Path,
  drain: Seconds,
  logLevel: oneOf('debug', 'info', 'warn', 'error'),
  logFormat: oneOf('json', 'text'),
};

export type OptionName = keyof typeof codecs;

export const Options = record('options', {}, codecs);
export interface Options extends t.TypeOf<typeof Options> {}

/** Options whose value is the name of a file or a directory. */
export const paths: ReadonlySet<string> = new Set<OptionName>([
  'masterKeyFile',
  'tlsCert',
  'tlsKey',
  'data',
  'databasePasswordFile',
  'uploads',
  'hookSecretFile',
  'metricsKeyFile',
]);

/** How an option is given on the command line. */
export interface Argument {
  /** Its name, without the hyphens before it. */
  readonly name: string;
  /** What stands behind it; undefined for one that stands alone. */
  readonly value?: string;
  readonly isRepeated?: boolean;
  readonly help: string;
}

/** The order is that of the help. */
export const commandLine: Readonly<Record<OptionName, Argument>> = {
  port: { name: 'port', value: 'PORT', help: 'default 6400; 0 takes a free one' },
  host: { name: 'host', value: 'ADDRESS', help: 'default 127.0.0.1; 0.0.0.0 is every address' },
  appId: { name: 'app-id', value: 'ID', help: 'the one application it serves; default: any' },
  masterKeyFile: { name: 'master-key-file', value: 'FILE', help: 'verifies logins, opens the HTTP API' },
  open: { name: 'open', help: 'everybody may log in as anybody, and see all' },
  readers: { name: 'readers', value: 'WHO', help: 'who sees conversations: members, or everyone' },
  publicUrl: { name: 'public-url', value: 'URL', help: 'where clients reach a proxy in front of this' },
  trustedProxies: { name: 'trusted-proxy', value: 'ADDRESS', isRepeated: true, help: 'a proxy, or its subnet' },
  tlsCert: { name: 'tls-cert', value: 'FILE', help: 'TLS here: the certificate, in PEM' },
  tlsKey: { name: 'tls-key', value: 'FILE', help: 'and its key; SIGHUP reads both again' },
  data: { name: 'data', value: 'DIR|memory', help: 'keeps everything there; default ./data' },
  database: { name: 'database', value: 'URL', help: 'or in PostgreSQL: postgres://user@host/db' },
  databasePasswordFile: { name: 'database-password-file', value: 'FILE', help: 'its password, if the URL has none' },
  nats: { name: 'nats', value: 'URL', help: 'between several servers: nats://host:4222' },
  node: { name: 'node', value: 'NAME', help: 'the name of this one; default: host and pid' },
  keep: { name: 'keep', value: 'NAME=N', isRepeated: true, help: 'how long: historyDays=30, room.historyDays=1' },
  uploads: { name: 'uploads', value: 'DIR', help: "keeps the files of messages; default: doesn't" },
  hooks: { name: 'hooks', value: 'URL', help: 'web hooks of your back end' },
  hookSecretFile: { name: 'hook-secret-file', value: 'FILE', help: 'the secret that signs them' },
  limits: { name: 'limits', value: 'cloud|NAME=N', isRepeated: true, help: 'bounds: a preset, or one bound' },
  metricsPort: { name: 'metrics-port', value: 'PORT', help: '/metrics on a port of its own, without a key' },
  metricsHost: { name: 'metrics-host', value: 'ADDRESS', help: 'where that port is; default 127.0.0.1' },
  metricsKeyFile: { name: 'metrics-key-file', value: 'FILE', help: 'the key for /metrics; default: master key' },
  drain: { name: 'drain', value: 'SECONDS', help: 'time between not ready and a stop; default 0' },
  logLevel: { name: 'log-level', value: 'LEVEL', help: 'debug, info (the default), warn or error' },
  logFormat: { name: 'log-format', value: 'FORMAT', help: 'json, or text; default: text in a terminal' },
};

/** What nearly is an option, and what to do instead. */
export const insteadOf: Readonly<Record<string, string>> = {
  'master-key': 'others can see the arguments of a process: use --master-key-file, or RX_REALTIME_MASTER_KEY',
  'hook-secret': 'others can see the arguments of a process: use --hook-secret-file, or RX_REALTIME_HOOK_SECRET',
  'metrics-key': 'others can see the arguments of a process: use --metrics-key-file, or RX_REALTIME_METRICS_KEY',
  masterKey: 'a secret has a file of its own: use masterKeyFile, or RX_REALTIME_MASTER_KEY',
  hookSecret: 'a secret has a file of its own: use hookSecretFile, or RX_REALTIME_HOOK_SECRET',
  metricsKey: 'a secret has a file of its own: use metricsKeyFile, or RX_REALTIME_METRICS_KEY',
  'database-password':
    'others can see the arguments of a process: use --database-password-file, or RX_REALTIME_DATABASE',
  'nats-password': 'others can see the arguments of a process: give the address in RX_REALTIME_NATS',
  databasePassword: 'a secret has a file of its own: use databasePasswordFile, or RX_REALTIME_DATABASE',
};

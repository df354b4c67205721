/** What the image, the services of Compose and the unit of systemd name is there, and the server takes it. */
import { existsSync, readFileSync } from 'node:fs';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings, type Settings } from '../../server/cli/settings.js';

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const exists = (path: string): boolean => existsSync(new URL(`../../${path}`, import.meta.url));

const decoded = <A>(type: t.Type<A>, value: unknown): A => {
  const result = type.decode(value);
  if (E.isLeft(result)) throw new Error(`it has another form: ${JSON.stringify(value)}`);
  return result.right;
};

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** The settings that the server reads from a command. The command begins with the task. */
const settingsOf = ([task, ...argv]: readonly string[], { env = {}, files = {} }: Given): Settings => {
  expect(task).toBe('serve');
  const wanted = readSettings({
    argv,
    env,
    readFile: (path) => {
      const text = files[path];
      return text === undefined ? E.left('there is no such file') : E.right(text);
    },
  });
  if (E.isLeft(wanted)) throw new Error(wanted.left.join('\n'));
  if (wanted.right._tag === 'Help') throw new Error('this is the help');
  return wanted.right;
};

const manifest = decoded(
  t.type({
    bin: t.record(t.string, t.string),
    scripts: t.record(t.string, t.string),
    peerDependencies: t.record(t.string, t.string),
  }),
  JSON.parse(file('package.json')),
);

/** The instructions of the image, each with what follows it. */
const instructions = file('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .flatMap((line) => {
    const [, name, rest] = /^\s*([A-Z]+) (.*)$/.exec(line) ?? [];
    return name === undefined || rest === undefined ? [] : [{ name, rest: rest.trim() }];
  });
const restsOf = (name: string): readonly string[] =>
  instructions.filter((one) => one.name === name).map(({ rest }) => rest);
const listIn = (name: string): readonly string[] =>
  decoded(t.array(t.string), JSON.parse(restsOf(name).at(-1) ?? 'null'));

const health = restsOf('HEALTHCHECK').at(-1) ?? '';
const healthPort = Number(/127\.0\.0\.1:(\d+)\/healthz/.exec(health)?.[1]);

describe('the image', () => {
  it('has only instructions that there are', () => {
    const known = [
      'FROM',
      'WORKDIR',
      'COPY',
      'RUN',
      'ENV',
      'USER',
      'VOLUME',
      'EXPOSE',
      'ENTRYPOINT',
      'CMD',
      'HEALTHCHECK',
    ];
    for (const { name } of instructions) expect(known).toContain(name);
    expect(instructions[0]?.name).toBe('FROM');
  });

  it('makes each directory that it puts something into', () => {
    const [, directory = ''] = /--pack-destination (\S+)/.exec(restsOf('RUN')[0] ?? '') ?? [];
    expect(restsOf('RUN')[0]).toContain(`mkdir ${directory} `);
    expect(restsOf('COPY')).toContain(`--from=build ${directory}/*.tgz /tmp/`);
  });

  it('builds the package with what is not left out of it', () => {
    const ignored = file('.dockerignore').split('\n').filter(Boolean);
    for (const path of ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts', 'server', 'src', 'codecs'])
      expect([exists(path), ignored.includes(path)]).toEqual([true, false]);
    expect(manifest.scripts['prepack']).toBe('npm run build');
  });

  it('starts the program of the package, with packages that it can use', () => {
    expect(listIn('ENTRYPOINT')).toEqual(['node', `node_modules/rx-realtime/${String(manifest.bin['rx-realtime'])}`]);
    const installed = [...(restsOf('RUN')[1] ?? '').matchAll(/ (@?[a-z][a-z/-]*)@(\d+)/g)].map(
      ([, name = '', major]) => [name, major],
    );
    expect(installed).not.toEqual([]);
    for (const [name = '', major] of installed)
      expect(manifest.peerDependencies[name]).toMatch(new RegExp(`^\\^${String(major)}\\.`));
  });

  it('has a Node with SQLite', () => {
    for (const from of restsOf('FROM')) expect(Number(/^node:(\d+)-slim/.exec(from)?.[1])).toBeGreaterThanOrEqual(22);
  });

  it('starts with its own command as soon as it has a key, and is asked for its health where it answers', () => {
    const settings = settingsOf(listIn('CMD'), { env: { RX_REALTIME_MASTER_KEY: 'key' } });
    expect(restsOf('EXPOSE')).toEqual([String(settings.port)]);
    expect(settings.data?.directory).toMatch(new RegExp(`^${String(restsOf('VOLUME')[0])}/`));
    expect(settings.metrics.own?.port).toBe(healthPort);
  });
});

const Service = t.partial({
  build: t.string,
  image: t.string,
  command: t.string,
  hostname: t.string,
  ports: t.array(t.string),
  volumes: t.array(t.string),
  secrets: t.array(t.string),
  environment: t.record(t.string, t.string),
  depends_on: t.union([t.array(t.string), t.record(t.string, t.type({ condition: t.string }))]),
  healthcheck: t.type({ test: t.array(t.string) }),
});
type Service = t.TypeOf<typeof Service>;
const Compose = t.type({
  services: t.record(t.string, Service),
  networks: t.union([
    t.undefined,
    t.type({ default: t.type({ ipam: t.type({ config: t.array(t.type({ subnet: t.string })) }) }) }),
  ]),
  volumes: t.record(t.string, t.unknown),
  secrets: t.record(t.string, t.type({ file: t.string })),
});
const composeIn = (path: string): t.TypeOf<typeof Compose> => decoded(Compose, parse(file(path), { merge: true }));
const secretFiles = ({ secrets = [] }: Service): Record<string, string> =>
  Object.fromEntries(secrets.map((name) => [`/run/secrets/${name}`, `the ${name}`]));
const settingsFor = (service: Service): Settings =>
  settingsOf((service.command ?? '').split(/\s+/), { files: secretFiles(service), env: service.environment ?? {} });

/** The services of a file: the servers, and the others. */
const sets = [
  { path: 'compose.yaml', servers: ['node-1', 'node-2', 'node-3'], others: ['proxy', 'broker', 'database'] },
  { path: 'compose.one.yaml', servers: ['chat'], others: ['database'] },
] as const;

describe.each(sets)('the services of $path', ({ path, servers, others }) => {
  const compose = composeIn(path);
  const service = (name: string): Service => {
    const found = compose.services[name];
    if (found === undefined) throw new Error(`there is no service ${name}`);
    return found;
  };
  const all = Object.values(compose.services);

  it('are all that there are', () => {
    expect(Object.keys(compose.services).sort()).toEqual([...servers, ...others].sort());
  });

  it.each(servers)('give %s a command that it takes, with secrets that it has', (name) => {
    const settings = settingsFor(service(name));
    expect(settings.masterKey).toBe('the master-key');
    expect(service(name).build).toBe('.');
    expect(settings.metrics.own?.port).toBe(healthPort);
  });

  it('are reached at the port of a server', () => {
    const { port } = settingsFor(service(servers[0]));
    expect(all.flatMap(({ ports = [] }) => ports)).toEqual([`${port}:${port}`]);
  });

  it('name only secrets, volumes and services that there are, and what is kept is in a volume', () => {
    for (const { secrets = [], volumes = [], depends_on = [] } of all) {
      for (const secret of secrets) expect(Object.keys(compose.secrets)).toContain(secret);
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) expect(exists(source)).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
      for (const other of Array.isArray(depends_on) ? depends_on : Object.keys(depends_on))
        expect(Object.keys(compose.services)).toContain(other);
    }
    for (const name of servers) {
      const { uploads } = settingsFor(service(name));
      const mounted = (service(name).volumes ?? []).map((volume) => `${String(volume.split(':')[1])}/`);
      expect(mounted.some((directory) => uploads?.startsWith(directory))).toBe(true);
    }
  });

  it('have a database with the user, the name and the password that the servers have', () => {
    const { environment = {}, healthcheck } = service('database');
    // All that the image of PostgreSQL needs.
    expect(Object.keys(environment).sort()).toEqual(['POSTGRES_DB', 'POSTGRES_PASSWORD_FILE', 'POSTGRES_USER']);
    for (const name of servers) {
      const url = new URL(settingsFor(service(name)).database?.url ?? '');
      expect([url.username, url.pathname, url.hostname, decodeURIComponent(url.password)]).toEqual([
        environment['POSTGRES_USER'],
        `/${String(environment['POSTGRES_DB'])}`,
        'database',
        secretFiles(service('database'))[environment['POSTGRES_PASSWORD_FILE'] ?? ''],
      ]);
      expect(service(name).depends_on).toMatchObject({ database: { condition: 'service_healthy' } });
    }
    expect(healthcheck?.test).toContain(environment['POSTGRES_USER']);
  });

  it('are explained with the secrets that they need', () => {
    for (const { file: secret } of Object.values(compose.secrets))
      expect(file('docs/operating.md')).toContain(`> ${secret}`);
    expect(file('docs/operating.md')).toContain(path);
  });
});

describe('the cluster of compose.yaml', () => {
  const compose = composeIn('compose.yaml');
  const nodes = Object.entries(compose.services).filter(([name]) => name.startsWith('node-'));

  it('has nodes with names of their own that are the same otherwise', () => {
    expect(nodes.map(([, { hostname }]) => hostname)).toEqual(nodes.map(([name]) => name));
    expect(new Set(nodes.map(([, service]) => JSON.stringify({ ...service, hostname: '' }))).size).toBe(1);
  });

  it('trusts what is in its own network as a proxy', () => {
    const [{ subnet } = { subnet: '' }] = compose.networks?.default.ipam.config ?? [];
    for (const [, service] of nodes) expect(settingsFor(service).trustedProxies).toEqual([subnet]);
  });

  it('has a proxy that sends clients to all nodes, at the port where it is reached', () => {
    const nginx = file('deploy/nginx.conf');
    const ports = nodes.map(([name, service]) => `${name}:${settingsFor(service).port}`);
    expect([...nginx.matchAll(/^ *server ([a-z0-9-]+:\d+)/gm)].map(([, address]) => address)).toEqual(ports);
    expect(compose.services['proxy']?.ports?.[0]).toBe(`${/listen (\d+);/.exec(nginx)?.[1]}:6400`);
  });
});

describe('the unit of systemd in the docs', () => {
  const [, unit = ''] = /```ini\n([\s\S]*?)```/.exec(file('docs/operating.md')) ?? [];
  const values = new Map(
    unit
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .flatMap((line) => {
        const [, key, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
        return key === undefined || value === undefined ? [] : [[key, value] as const];
      }),
  );

  it('starts the server with a command that it takes, and with a key that it can read', () => {
    const [program = '', ...command] = (values.get('ExecStart') ?? '').split(' ');
    expect(program.split('/').at(-1)).toBe(Object.keys(manifest.bin)[0]);
    const [name = ''] = (values.get('LoadCredential') ?? '').split(':');
    const settings = settingsOf(command, {
      files: { '/etc/rx-realtime/chat.json': '{ "host": "0.0.0.0" }', [`%d/${name}`]: 'key' },
    });
    expect(settings.masterKey).toBe('key');
    expect(settings.data?.directory).toMatch(new RegExp(`^/var/lib/${String(values.get('StateDirectory'))}/`));
  });
});

/** What `serve` reads from its arguments, the environment and a file. */
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudLimits } from 'rx-realtime/server';
import { help, serveHelp } from '../../server/cli/help.js';
import { readSettings, type Settings, type Wanted } from '../../server/cli/settings.js';

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

const read = (argv: readonly string[], { env = {}, files = {} }: Given = {}): E.Either<readonly string[], Wanted> =>
  readSettings({
    argv,
    env,
    readFile: (path) => {
      const text = Object.hasOwn(files, path) ? files[path] : undefined;
      return text === undefined ? E.left('there is no such file') : E.right(text);
    },
  });

const settings = (argv: readonly string[], given?: Given): Settings => {
  const wanted = read(argv, given);
  if (E.isLeft(wanted)) throw new Error(wanted.left.join('\n'));
  if (wanted.right._tag === 'Help') throw new Error('this is the help');
  return wanted.right;
};

const mistakes = (argv: readonly string[], given?: Given): readonly string[] => {
  const wanted = read(argv, given);
  return E.isLeft(wanted) ? wanted.left : [];
};

/** The mistakes in a file of settings. */
const inFile = (content: unknown): readonly string[] =>
  mistakes(['--config', '/etc/chat.json'], {
    files: { '/etc/chat.json': typeof content === 'string' ? content : JSON.stringify(content) },
  });

describe('arguments', () => {
  it.each<[readonly string[], Partial<Settings>]>([
    [[], { port: 6_400, host: '127.0.0.1', isOpen: true, isExposed: false, drain: 0, logLevel: 'info', limits: {} }],
    [['--port', '0'], { port: 0 }],
    [['--port=7', '--port', '8'], { port: 8 }],
    [['--host', '::1'], { host: '::1', isExposed: false }],
    [['--host', '0.0.0.0', '--open'], { host: '0.0.0.0', isExposed: true, isOpen: true }],
    [['--app-id', 'demo'], { appId: 'demo' }],
    [['--trusted-proxy', '10.0.0.0/8', '--trusted-proxy', '::1', '--open'], { trustedProxies: ['10.0.0.0/8', '::1'] }],
    [['--public-url', 'https://a.example/im/', '--open'], { publicUrl: 'https://a.example/im/', isExposed: true }],
    [['--tls-cert', 'c.pem', '--tls-key', 'k.pem'], { tls: { cert: 'c.pem', key: 'k.pem' } }],
    [['--uploads', 'up'], { uploads: 'up' }],
    [[], { data: { directory: './data', isAsked: false } }],
    [['--data', 'kept'], { data: { directory: 'kept', isAsked: true } }],
    [['--limits', 'cloud'], { limits: cloudLimits }],
    [['--limits', 'cloud', '--limits', 'sendsPerMinute=5'], { limits: { ...cloudLimits, sendsPerMinute: 5 } }],
    [['--limits', 'members=unlimited'], { limits: { members: Infinity } }],
    [['--drain', '2.5', '--log-level=debug', '--log-format=text'], { drain: 2_500, logLevel: 'debug' }],
    [['--metrics-port', '9464'], { metrics: { own: { port: 9_464, host: '127.0.0.1' } } }],
  ])('%j', (argv, expected) => {
    expect(settings(argv)).toMatchObject(expected);
  });

  it('can say that nothing is kept', () => {
    expect(settings(['--data', 'memory']).data).toBeUndefined();
  });

  it.each<[readonly string[], string]>([
    [['--port', 'x'], '--port: it should be a whole number from 0 to 65535'],
    [['--port', ''], '--port: it should be a whole number from 0 to 65535'],
    [['--port', '65536'], '--port: it should be a whole number from 0 to 65535'],
    [['--port', '1e3'], '--port: it should be a whole number from 0 to 65535'],
    [['--port'], '--port: it needs a value'],
    [['--port', '--open'], '--port: it needs a value'],
    [['--open=yes'], '--open: it stands alone, without a value'],
    [['--opne'], '--opne: there is no such option'],
    [['--constructor'], '--constructor: there is no such option'],
    [['-p', '1'], '-p: there is no such option'],
    [['6400'], 'argument 1 belongs to no option'],
    [['--open', '--', 'x'], 'argument 3 belongs to no option'],
    [['--host', ''], '--host: it should be a text'],
    [['--limits', 'clod'], '--limits: it should be cloud, or a limit such as members=1000'],
    [['--limits', 'membres=1'], '--limits membres: there is no such limit'],
    [['--limits', '__proto__=1'], '--limits __proto__: there is no such limit'],
    [['--limits', 'members=many'], '--limits members: it should be a number of 0 or more, or unlimited'],
    [['--limits', 'members='], '--limits members: it should be a number of 0 or more, or unlimited'],
    [['--limits', 'members=1=2'], '--limits members: it should be a number of 0 or more, or unlimited'],
    [['--limits', 'members=-1'], '--limits members: it should be a number of 0 or more, or unlimited'],
    [['--log-level', 'loud'], '--log-level: it should be debug or info or warn or error'],
    [
      ['--hooks', 'example.com'],
      '--hooks: it should be an http or https address, without a user, a password and a query',
    ],
    [['--tls-cert', 'c.pem'], '--tls-cert and --tls-key: one needs the other'],
    [['--metrics-host', '::1'], '--metrics-host: it needs --metrics-port'],
    [['--config', 'none.json'], '--config none.json: there is no such file'],
  ])('that are wrong are named: %j', (argv, mistake) => {
    expect(mistakes(argv)).toContain(mistake);
  });

  it('are all named if several are wrong', () => {
    expect(mistakes(['--port', 'x', '--opne', '--limits', 'a=1'])).toHaveLength(3);
  });

  it('ask for help, whatever else is wrong', () => {
    expect(read(['--help', '--opne'])).toEqual(E.right({ _tag: 'Help' }));
    expect(read(['-h'])).toEqual(E.right({ _tag: 'Help' }));
  });
});

describe('a file of settings', () => {
  const files = {
    '/etc/chat.json': JSON.stringify({
      port: 1,
      appId: 'demo',
      masterKeyFile: 'key',
      data: 'kept',
      uploads: 'up',
      tlsCert: '/tls/c.pem',
      tlsKey: '../k.pem',
      limits: { preset: 'cloud', members: 9, roomQueue: 'unlimited' },
      trustedProxies: ['127.0.0.1'],
    }),
    '/etc/key': 'file-secret\n',
  };

  it('has the same options, with paths relative to it', () => {
    expect(settings(['--config', '/etc/chat.json'], { files })).toMatchObject({
      port: 1,
      appId: 'demo',
      masterKey: 'file-secret',
      isOpen: false,
      data: { directory: '/etc/kept', isAsked: true },
      uploads: '/etc/up',
      tls: { cert: '/tls/c.pem', key: '/k.pem' },
      limits: { ...cloudLimits, members: 9, roomQueue: Infinity },
    });
  });

  it('counts less than the arguments and the environment', () => {
    const env = { RX_REALTIME_MASTER_KEY: 'env-secret' };
    expect(settings(['--config', '/etc/chat.json', '--port', '2'], { files, env })).toMatchObject({
      port: 2,
      masterKey: 'env-secret',
    });
  });

  it.each<[unknown, string]>([
    [{ port: '6400' }, '/etc/chat.json: port: it should be a whole number from 0 to 65535'],
    [{ prot: 1 }, '/etc/chat.json: prot: there is no such option'],
    [{ limits: { membres: 1 } }, '/etc/chat.json: limits.membres: there is no such limit'],
    [{ limits: { members: null } }, '/etc/chat.json: limits.members: it should be a number of 0 or more, or unlimited'],
    [{ limits: [] }, '/etc/chat.json: limits: it should be cloud, or an object such as { "members": 1000 }'],
    [{ trustedProxies: ['a', 1] }, '/etc/chat.json: trustedProxies.1: it should be a text'],
    [{ open: 'yes' }, '/etc/chat.json: open: it should be true or false'],
    ['{ "port": 1,\n  port }', '/etc/chat.json: it is not JSON; look at line 2'],
    ['[]', '/etc/chat.json: it should be an object, such as { "port": 6400 }'],
    ['{"__proto__": {"open": true}}', '/etc/chat.json: __proto__: there is no such option'],
  ])('is refused by the key that is wrong: %j', (content, mistake) => {
    expect(inFile(content)).toContain(mistake);
  });
});

describe('a server that others can reach', () => {
  it.each([[['--host', '0.0.0.0']], [['--public-url', 'https://a.example']], [['--trusted-proxy', '127.0.0.1']]])(
    'has a key, or says that it is open: %j',
    (argv) => {
      expect(mistakes(argv)[0]).toContain('others can reach this server');
      expect(settings([...argv, '--open']).isOpen).toBe(true);
      expect(settings(argv, { env: { RX_REALTIME_MASTER_KEY: 'key' } }).isOpen).toBe(false);
    },
  );
});

describe('secrets', () => {
  const files = { 'key.txt': 'from-a-file\r\n', 'empty.txt': '\n', 'two.txt': 'a\nb' };

  it('are in files or in the environment', () => {
    expect(settings(['--master-key-file', 'key.txt'], { files }).masterKey).toBe('from-a-file');
    const env = { RX_REALTIME_MASTER_KEY: 'm', RX_REALTIME_HOOK_SECRET: 'h', RX_REALTIME_METRICS_KEY: 'x' };
    expect(settings(['--hooks', 'https://b.example/hooks', '--metrics-port', '1'], { env })).toMatchObject({
      masterKey: 'm',
      hooks: { url: 'https://b.example/hooks', secret: 'h' },
      metrics: { key: 'x', own: { port: 1, host: '127.0.0.1', key: 'x' } },
    });
  });

  it('are not empty: a server whose key was forgotten must not start', () => {
    expect(mistakes([], { env: { RX_REALTIME_MASTER_KEY: '' } })[0]).toMatch(/^RX_REALTIME_MASTER_KEY: .* not empty$/);
    expect(mistakes(['--master-key-file', 'empty.txt'], { files })[0]).toContain('empty.txt: a secret is one line');
    expect(mistakes(['--master-key-file', 'two.txt'], { files })[0]).toContain('one line');
    expect(mistakes(['--master-key-file', 'none.txt'])[0]).toBe('--master-key-file none.txt: there is no such file');
  });

  it('open /metrics to whoever has the master key, unless there is a key just for them', () => {
    expect(settings([], { env: { RX_REALTIME_MASTER_KEY: 'm' } }).metrics).toEqual({ key: 'm' });
  });

  it.each(['--master-key', '--hook-secret', '--metrics-key'])('are no arguments: %s', (name) => {
    const found = mistakes([name, 'hunter2hunter2']);
    expect(found[0]).toContain('others can see the arguments');
    expect(found.join('\n')).not.toContain('hunter2');
    expect(mistakes([`${name}=hunter2hunter2`]).join('\n')).not.toContain('hunter2');
  });

  it('have no place in a file of settings', () => {
    expect(inFile({ masterKey: 'hunter2' })).toEqual([
      '/etc/chat.json: masterKey: a secret has a file of its own: use masterKeyFile, or RX_REALTIME_MASTER_KEY',
    ]);
  });

  it('are in no message about a mistake, wherever they were put', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{16,24}$/);
    const option = fc.constantFrom(
      ...['port', 'host', 'limits', 'tls-cert', 'hooks', 'log-level', 'drain', 'master-key', 'open', 'nothing'],
    );
    fc.assert(
      fc.property(secret, option, fc.boolean(), fc.integer({ min: 0, max: 3 }), (text, name, isInline, where) => {
        const argument = isInline ? [`--${name}=${text}`] : [`--${name}`, text];
        const files = {
          'a.json': JSON.stringify({ [name]: text, limits: { members: text } }),
          'b.json': `{"port": ${text}}`,
          key: `${text}\n${text}`,
        };
        const argv = [argument, ['--config', 'a.json'], ['--config', 'b.json'], ['--master-key-file', 'key']][where];
        // A path is shown, because it is needed to find the mistake.
        const shown = mistakes([...(argv ?? []), '--opne'], { files }).join('\n');
        expect(shown).not.toContain(text);
        expect(shown).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });
});

describe('how long things are kept', () => {
  it('is said for all, and for each kind of conversation', () => {
    const { keep } = settings([
      '--keep',
      'historyDays=30',
      '--keep',
      'room.historyDays=1',
      '--keep',
      'room.historyMessages=9',
    ]);
    expect(keep).toEqual({ historyDays: 30, retention: { room: { historyDays: 1, historyMessages: 9 } } });
    const files = {
      '/a.json': JSON.stringify({ keep: { conversationDays: 'unlimited', system: { historyDays: 7 } } }),
    };
    expect(settings(['--config', '/a.json'], { files }).keep).toEqual({
      ...{ conversationDays: Infinity, retention: { system: { historyDays: 7 } } },
    });
    expect(settings([]).keep).toEqual({ retention: {} });
  });

  it.each([
    ['days=1', '--keep days: there is no such limit'],
    ['rooms.historyDays=1', '--keep rooms: there is no such limit'],
    ['room.days=1', '--keep room days: there is no such limit'],
    ['__proto__.historyDays=1', '--keep __proto__: there is no such limit'],
    ['historyDays=many', '--keep historyDays: it should be a number of 0 or more, or unlimited'],
    ['historyDays', '--keep historyDays: it should be a number of 0 or more, or unlimited'],
    ['room=1', '--keep room: it should be an object such as { "historyDays": 30 }'],
  ])('is refused by name if it is wrong: %s', (text, said) => {
    expect(mistakes(['--keep', text])).toEqual([said]);
  });
});

describe('the database', () => {
  const address = 'postgres://chat@db.example.com/chat';

  it('is an argument, of the environment or of a file, in this order, and everything is kept there', () => {
    const files = { '/etc/chat.json': JSON.stringify({ database: 'postgres://file/chat' }) };
    const env = { RX_REALTIME_DATABASE: 'postgres://env/chat' };
    const config = ['--config', '/etc/chat.json'];
    expect(settings(['--database', address, ...config], { env, files }).database?.url).toBe(address);
    expect(settings(config, { env, files }).database?.url).toBe('postgres://env/chat');
    expect(settings(config, { files })).toMatchObject({ database: { url: 'postgres://file/chat', secrets: [] } });
    expect(settings(config, { files }).data).toBeUndefined();
    expect(settings([]).database).toBeUndefined();
  });

  it('has its password in the environment, in a file, or in the address, but not in an argument', () => {
    const secret = 'p@ss/word';
    const whole = 'postgres://chat:p%40ss%2Fword@db.example.com/chat';
    const { database } = settings([], { env: { RX_REALTIME_DATABASE: whole } });
    expect(database).toMatchObject({ url: whole, secrets: expect.arrayContaining([secret, 'p%40ss%2Fword']) });
    expect(settings(['--database', address], { env: { RX_REALTIME_DATABASE_PASSWORD: secret } }).database?.url).toBe(
      whole,
    );
    const files = { '/run/password': `${secret}\n` };
    expect(
      settings(['--database', address, '--database-password-file', '/run/password'], { files }).database?.url,
    ).toBe(whole);
    const refused = mistakes(['--database', whole]);
    expect(refused.join()).toContain('others can see the arguments');
    expect(refused.join()).not.toMatch(/p%40ss|p@ss/);
    expect(mistakes(['--database', `${address}?password=s3cret`]).join()).toMatch(/^(?!.*s3cret).*others can see/);
  });

  it('is refused if it is no address of PostgreSQL, or if something else should keep everything, too', () => {
    expect(mistakes(['--database', 'mysql://host/db'])).toEqual([
      '--database: it should be an address such as postgres://user@host:5432/database, with %25 for a % in it',
    ]);
    expect(mistakes([], { env: { RX_REALTIME_DATABASE: 'chat:s3cret' } })).toEqual([
      'RX_REALTIME_DATABASE: it should be an address such as postgres://user@host:5432/database, with %25 for a % in it',
    ]);
    // The driver could not read it.
    const refused = mistakes([], { env: { RX_REALTIME_DATABASE: 'postgres://chat:100%@db.example.com/chat' } });
    expect(refused).toEqual([expect.stringMatching(/^RX_REALTIME_DATABASE: it should be an address/)]);
    expect(mistakes(['--database', address, '--data', './data'])).toEqual([
      '--data and --database: everything is kept in one of them; leave the other out',
    ]);
    expect(mistakes([], { env: { RX_REALTIME_DATABASE_PASSWORD: 'secret' } })).toHaveLength(1);
  });
});

describe('several servers', () => {
  const database = ['--database', 'postgres://chat@db.example.com/chat'];

  it('have the address of NATS in an argument, in the environment or in a file, and a name each', () => {
    expect(settings([...database, '--nats', 'nats://a:4222,nats://b', '--node', 'a.1'])).toMatchObject({
      nats: { url: 'nats://a:4222,nats://b', secrets: [] },
      node: 'a.1',
    });
    const env = { RX_REALTIME_NATS: 'nats://chat:s3%20cret@a' };
    expect(settings(database, { env }).nats).toEqual({ url: env.RX_REALTIME_NATS, secrets: ['s3%20cret', 's3 cret'] });
    const files = { '/etc/chat.json': JSON.stringify({ nats: 'nats://token@a', node: 'b' }) };
    expect(settings([...database, '--config', '/etc/chat.json'], { files })).toMatchObject({
      nats: { secrets: ['token'] },
      node: 'b',
    });
    expect(settings(database).nats).toBeUndefined();
  });

  it('need one database, and an address that is one; no password is in an argument', () => {
    expect(mistakes(['--nats', 'nats://a'])).toEqual([
      '--nats: several servers need one database; give --database, or RX_REALTIME_DATABASE',
    ]);
    expect(mistakes(['--nats', 'nats://a', '--data', './data'])).toHaveLength(1);
    expect(mistakes(['--node', 'a'])).toEqual(['--node: it needs --database, or RX_REALTIME_DATABASE']);
    expect(mistakes([...database, '--nats', 'http://a'])).toEqual([
      '--nats: it should be an address such as nats://host:4222, or several, apart by commas',
    ]);
    expect(mistakes(database, { env: { RX_REALTIME_NATS: 's3cret@a' } }).join()).toMatch(
      /^RX_REALTIME_NATS(?!.*s3cret)/,
    );
    expect(mistakes([...database, '--node', 'a b'])).toHaveLength(1);
    expect(mistakes([...database, '--nats', 'nats://chat:s3cret@a']).join()).toMatch(
      /^--nats(?!.*s3cret).*others can see/,
    );
  });
});

describe('the help', () => {
  it('fits a screen of 80 columns and 40 lines', () => {
    for (const text of [help, serveHelp]) {
      const lines = text.split('\n');
      expect(lines.length).toBeLessThanOrEqual(39);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
  });
});

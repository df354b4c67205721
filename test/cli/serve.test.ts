/** A server that runs by its settings, over real sockets. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPort, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { either as E } from 'fp-ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { copy } from '../../server/cli/copies.js';
import { readTextFile, serve, type Running } from '../../server/cli/serve.js';
import { readSettings } from '../../server/cli/settings.js';
import { startError } from '../../server/cli/start-error.js';
import { dial, open } from '../server/raw-client.js';
import { ownTables, postgresUrl } from '../store/postgres.js';
import { certificateFor } from './certificate.js';

interface Started extends Running {
  readonly lines: readonly string[];
  readonly ask: (path: string, headers?: Record<string, string>) => Promise<readonly [number, string]>;
  readonly log: () => readonly Record<string, unknown>[];
}

const start = async (argv: readonly string[], env: Record<string, string> = {}): Promise<Started> => {
  const wanted = readSettings({
    argv: ['--port', '0', ...('RX_REALTIME_DATABASE' in env ? [] : ['--data', 'memory']), ...argv],
    env,
    readFile: readTextFile,
  });
  if (E.isLeft(wanted) || wanted.right._tag === 'Help') throw new Error(JSON.stringify(wanted));
  const lines: string[] = [];
  const running = await serve(wanted.right, {
    version: '1.2.3',
    isTerminal: false,
    write: (line) => lines.push(line),
    onFatal: () => undefined,
  });
  onTestFinished(() => running.stop('the test ends'));
  return {
    ...running,
    lines,
    log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    ask: async (path, headers = {}) => {
      const base = /^https?:/.test(path) ? '' : running.url.replace('0.0.0.0', '127.0.0.1').replace(/^ws/, 'http');
      const response = await fetch(base + path, { headers });
      return [response.status, await response.text()];
    },
  };
};

const folder = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'rx-realtime-serve-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
};

const reasonOf = (starting: Promise<unknown>): Promise<string> =>
  starting.then(
    () => 'it has started',
    (error: unknown) => startError(error),
  );
const takenPort = async (): Promise<number> => {
  const other = createPort().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => {
    other.close();
  });
  return (other.address() as AddressInfo).port;
};

it.each(['backup', 'restore'] as const)('%s shows its options with --help', async (task) => {
  expect(await copy(task, ['--help'])).toContain(`rx-realtime ${task} --`);
});

describe('the first line of the log', () => {
  it('says what is on, and what is open to everybody', async () => {
    const { log, url } = await start([]);
    expect(log()[0]).toMatchObject({
      level: 'info',
      msg: 'listening',
      url,
      version: '1.2.3',
      open: expect.arrayContaining([expect.stringContaining('anybody')]) as unknown,
    });
  });

  it('says that a server with a key, an application and bounds has nothing open', async () => {
    const key = { RX_REALTIME_MASTER_KEY: 'the-master-key' };
    const { log } = await start(['--app-id', 'demo', '--limits', 'cloud', '--uploads', folder()], key);
    expect(log()[0]).toMatchObject({
      open: [],
      on: expect.arrayContaining([expect.stringContaining('uploads'), 'logins are verified by signatures']) as unknown,
    });
  });
});

describe('metrics', () => {
  it('count what happens, without a name that a client has chosen', async () => {
    const { ask, url } = await start(['--limits', 'sendsPerMinute=0']);
    const client = await dial(url);
    await open(client, 'a-client');
    await client.request({ cmd: 'direct', directMessage: { cid: 'a-conversation', msg: 'a text' } });
    const [status, text] = await ask('/metrics');
    expect(status).toBe(200);
    const lines = text.split('\n');
    for (const line of [
      'rx_realtime_sockets 1',
      'rx_realtime_sessions 1',
      'rx_realtime_commands_total{command="direct"} 1',
      'rx_realtime_refusals_total{code="4116"} 1',
      'rx_realtime_rate_limited_total{limit="sendsPerMinute"} 1',
      'rx_realtime_info{version="1.2.3"} 1',
      '# TYPE rx_realtime_store_call_duration_seconds histogram',
    ])
      expect(lines).toContain(line);
    for (const series of ['pushes_total ', 'buffered_bytes 0', 'hook_calls_waiting 0', 'hook_calls_dropped_total 0'])
      expect(text).toContain(`\nrx_realtime_${series}`);
    expect(text).toMatch(/\nrx_realtime_store_call_duration_seconds_bucket\{call="store\.\w+",le="\+Inf"\} [1-9]/);
    expect(text).toMatch(/\nnodejs_eventloop_lag_p99_seconds /);
    for (const name of ['a-client', 'a-conversation', 'a text']) expect(text).not.toContain(name);
  });

  it('are read without a key on this machine only, and not through a proxy', async () => {
    const { ask } = await start([]);
    expect((await ask('/metrics'))[0]).toBe(200);
    expect((await ask('/metrics', { 'x-forwarded-for': '127.0.0.1' }))[0]).toBe(401);
    expect((await ask('/metrics', { forwarded: 'for=127.0.0.1' }))[0]).toBe(401);
  });

  it('need a key on a server that others can reach', async () => {
    const { ask } = await start(['--host', '0.0.0.0', '--open']);
    expect((await ask('/metrics'))[0]).toBe(401);
  });

  it('need the key that there is: one just for them, or else the master key', async () => {
    const master = { RX_REALTIME_MASTER_KEY: 'the-master-key' };
    const one = await start([], master);
    expect((await one.ask('/metrics'))[0]).toBe(401);
    expect((await one.ask('/metrics', { authorization: 'Bearer wrong' }))[0]).toBe(401);
    expect((await one.ask('/metrics', { authorization: 'Bearer the-master-key' }))[0]).toBe(200);
    const two = await start([], { ...master, RX_REALTIME_METRICS_KEY: 'the-metrics-key' });
    expect((await two.ask('/metrics', { authorization: 'Bearer the-master-key' }))[0]).toBe(401);
    expect((await two.ask('/metrics', { authorization: 'Bearer the-metrics-key' }))[0]).toBe(200);
  });

  it('can have a port of their own, which answers even if clients have all connections', async () => {
    const key = { RX_REALTIME_MASTER_KEY: 'the-master-key' };
    const { ask, url, log } = await start(['--metrics-port', '0', '--limits', 'connections=1'], key);
    await dial(url);
    expect((await ask('/healthz'))[0]).toBe(503);
    const own = `http://127.0.0.1:${String(log()[0]?.['metricsPort'])}`;
    expect(await ask(`${own}/healthz`)).toEqual([200, 'ok\n']);
    expect(await ask(`${own}/readyz`)).toEqual([200, 'ready\n']);
    const [status, text] = await ask(`${own}/metrics`);
    expect([status, text]).toEqual([200, expect.stringContaining('connections_refused_total{status="503"} 1')]);
    expect((await ask(`${own}/v1/route`))[0]).toBe(404);
  });
});

describe('stopping', () => {
  it('says that it is not ready, sends clients away, and closes', async () => {
    const { url, stop, ask, log } = await start(['--drain', '0.2', '--metrics-port', '0']);
    const client = await dial(url);
    await open(client, 'ann');
    const stopped = stop('SIGTERM');
    await expect.poll(() => ask('/readyz')).toEqual([503, 'stopping\n']);
    expect((await ask(`http://127.0.0.1:${String(log()[0]?.['metricsPort'])}/readyz`))[0]).toBe(503);
    await client.push('goaway');
    expect((await client.closed).code).toBe(1001);
    await stopped;
    expect(log().map(({ msg }) => msg)).toEqual(['listening', 'stopping', 'stopped']);
  });
});

describe.runIf(spawnSync('openssl', ['version']).status === 0)('the certificate', () => {
  it('is read again, and a wrong one changes nothing', async () => {
    const directory = folder();
    const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
    const put = (identity: { readonly cert: string; readonly key: string }): void => {
      writeFileSync(cert, identity.cert);
      writeFileSync(key, identity.key);
    };
    const nameAt = async (url: string): Promise<string> => {
      const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { CN: name } = socket.getPeerCertificate().subject;
      socket.destroy();
      return String(name);
    };
    put(certificateFor('one'));
    const { url, reload, log } = await start(['--tls-cert', cert, '--tls-key', key]);
    expect(url).toMatch(/^wss:/);
    expect(await nameAt(url)).toBe('one');
    writeFileSync(cert, 'half of a certificate');
    reload();
    expect(await nameAt(url)).toBe('one');
    rmSync(key);
    reload();
    put(certificateFor('two'));
    reload();
    expect(await nameAt(url)).toBe('two');
    expect(log().map(({ level }) => level)).toEqual(['info', 'error', 'error', 'info']);
  });
});

describe('a start that fails', () => {
  it('says in one line why, and what to do', async () => {
    const port = await takenPort();
    const text = `127.0.0.1:${port}: something listens there already; stop it, or take another port (EADDRINUSE)`;
    expect(await reasonOf(start(['--port', String(port)]))).toBe(text);
    expect(await reasonOf(start(['--metrics-port', String(port)]))).toBe(text);
    expect(await reasonOf(start(['--host', '203.0.113.1', '--open']))).toContain('take another --host');
    expect(await reasonOf(start(['--tls-cert', 'none.pem', '--tls-key', 'k']))).toBe(
      '--tls-cert none.pem: there is no such file',
    );
    expect(await reasonOf(start(['--app-id', 'a:b']))).toMatch(/^appId: /);
    const file = fileURLToPath(import.meta.url);
    expect(await reasonOf(start(['--uploads', file]))).toContain(`${file}: there is a file of this name`);
    expect(await reasonOf(start(['--public-url', 'nowhere', '--open']))).toMatch(/^publicUrl: /);
  });
});

describe('what is kept', () => {
  const conversationOf = async (url: string): Promise<string> => {
    const client = await dial(url);
    await open(client, 'ann');
    const started = await client.request({ cmd: 'conv', op: 'start', convMessage: { m: ['ann'], unique: true } });
    return started.cmd === 'conv' && started.op === 'started' ? started.convMessage.cid : started.cmd;
  };

  it('is in a directory, for the next server, and for one server at a time', async () => {
    const directory = join(folder(), 'data');
    const first = await start(['--data', directory]);
    expect(first.log()[0]).toMatchObject({ on: [`everything is kept in ${directory}`] });
    const id = await conversationOf(first.url);
    expect(await reasonOf(start(['--data', directory]))).toContain(`${directory} is in use by another server`);
    await first.stop('SIGTERM');
    const second = await start(['--data', directory]);
    expect(await conversationOf(second.url)).toBe(id);
  });

  it('is free again after a start that has failed', async () => {
    const directory = folder();
    const port = await takenPort();
    expect(await reasonOf(start(['--data', directory, '--port', String(port)]))).toContain('EADDRINUSE');
    await start(['--data', directory]);
  });

  it('is copied while a server uses it, and a copy is gone back to', async () => {
    const directory = folder();
    const [data, file, other] = ['data', 'copy', 'other'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    const first = await start(['--data', data]);
    const id = await conversationOf(first.url);
    // A SQLite that could lose something by that refuses it.
    const copied = await reasonOf(copy('backup', ['--data', data, '--to', file]));
    if (copied.includes('in use')) {
      await first.stop('SIGTERM');
      await copy('backup', ['--data', data, '--to', file]);
    }
    expect(await reasonOf(copy('backup', ['--data', data, '--to', file]))).toContain('exists');
    await copy('restore', ['--from', file, '--data', other]);
    const second = await start(['--data', other]);
    expect(await conversationOf(second.url)).toBe(id);
  });

  it('is not written over, and not taken from what is no copy', async () => {
    const directory = folder();
    const file = join(directory, 'no-copy');
    writeFileSync(file, 'this is no database, however long it is '.repeat(100));
    const data = join(directory, 'data');
    expect(await reasonOf(copy('restore', ['--from', file, '--data', data]))).not.toBe('it has started');
    expect(readdirSync(data).filter((name) => name.startsWith('store'))).toEqual([]);
    writeFileSync(join(data, 'store.sqlite-wal'), '');
    expect(await reasonOf(copy('restore', ['--from', file, '--data', data]))).toContain('store.sqlite-wal exists');
    expect(await reasonOf(copy('backup', ['--data', data, '--to', file]))).toContain('has no store');
    expect(await reasonOf(copy('backup', []))).toContain('--to FILE');
  });
});

describe('secrets', () => {
  it('are in no line of the log, also if an error of others holds one', async () => {
    const secrets = {
      RX_REALTIME_MASTER_KEY: 'the-master-key',
      RX_REALTIME_HOOK_SECRET: 'the-hook-secret',
      RX_REALTIME_METRICS_KEY: 'the-metrics-key',
    };
    // Nobody listens at this port.
    const argv = ['--hooks', 'http://127.0.0.1:1/the-hook-secret', '--open', '--log-level', 'debug'];
    const { url, lines, stop } = await start(argv, secrets);
    await open(await dial(url), 'ann');
    await expect.poll(() => lines.join('')).toContain('something failed');
    await stop('SIGTERM');
    for (const secret of Object.values(secrets)) expect(lines.join('')).not.toContain(secret);
  });
});

it.skipIf(postgresUrl === undefined)('keeps everything in PostgreSQL, and shows its password nowhere', async () => {
  const { url, end } = await ownTables(postgresUrl ?? '');
  onTestFinished(end);
  const server = await start([], { RX_REALTIME_DATABASE: url });
  expect(await server.ask('/readyz')).toEqual([200, 'ready\n']);
  expect(server.log()[0]?.['on']).toContain(`everything is kept in PostgreSQL at ${new URL(url).host}/rx`);
  const wrong = new URL(url);
  wrong.password = 's3cret-and-wrong';
  const reason = await reasonOf(start([], { RX_REALTIME_DATABASE: wrong.href }));
  expect(reason).toContain('the password or the user is wrong');
  const elsewhere = await reasonOf(start([], { RX_REALTIME_DATABASE: 'postgres://rx:s3cret@127.0.0.1:1/rx' }));
  expect(elsewhere).toContain('nothing listens there; start PostgreSQL, or correct the address');
  expect([reason, elsewhere, ...server.lines].join()).not.toMatch(/s3cret|:rx@/);
});

/** The built command in a process of its own: its signals, its exit codes, and what it prints. */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { filter, firstValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRealtime } from 'rx-realtime';
import { freshDist } from '../../scripts/checks/packed.js';
import { root } from '../../scripts/checks/tool.js';
import { certificateFor } from '../cli/certificate.js';

const command = `${root}dist/bundled/server/bin.js`;
/** What nobody passes on by accident. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RX_REALTIME_')));

interface Child {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves with the line of the log that has this text. */
  readonly line: (text: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly exit: Promise<number | null>;
}

const run = (...args: readonly string[]): Child => {
  const child = spawn(process.execPath, [command, 'serve', '--data', 'memory', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines: Readonly<Record<string, unknown>>[] = [];
  let waiting: (() => void)[] = [];
  createInterface(child.stdout).on('line', (line) => {
    lines.push(JSON.parse(line) as Readonly<Record<string, unknown>>);
    for (const wake of waiting.splice(0)) wake();
  });
  return {
    process: child,
    exit: once(child, 'exit').then(([code]) => code as number | null),
    line: async (text) => {
      for (;;) {
        const found = lines.find(({ msg }) => msg === text);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (waiting = [...waiting, resolve]));
      }
    },
  };
};

describe('rx-realtime serve', () => {
  beforeAll(async () => {
    await freshDist();
  }, 120_000);

  it('ends with exit code 0 after SIGTERM, and its clients come back to the next one', async () => {
    const first = run('--port', '0');
    const url = String((await first.line('listening'))['url']);
    const realtime = createRealtime({ appId: 'demo', server: url });
    onTestFinished(() => {
      realtime.close();
    });
    const client = await firstValueFrom(realtime.login('ann'));
    first.process.kill('SIGTERM');
    expect(await first.exit).toBe(0);
    const second = run('--port', new URL(url).port);
    await second.line('listening');
    await firstValueFrom(client.status$.pipe(filter(({ _tag }) => _tag === 'Open')));
    second.process.kill('SIGINT');
    expect(await second.exit).toBe(0);
  });

  it.runIf(spawnSync('openssl', ['version']).status === 0)(
    'reads its certificate again after SIGHUP, and ends at once after a second signal',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'rx-realtime-serve-'));
      onTestFinished(() => {
        rmSync(directory, { recursive: true });
      });
      const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
      const identity = certificateFor('localhost');
      writeFileSync(cert, identity.cert);
      writeFileSync(key, identity.key);
      const child = run('--port', '0', '--tls-cert', cert, '--tls-key', key, '--drain', '60');
      expect((await child.line('listening'))['url']).toMatch(/^wss:/);
      child.process.kill('SIGHUP');
      await child.line('the certificate was read again');
      child.process.kill('SIGTERM');
      await child.line('stopping');
      child.process.kill('SIGTERM');
      expect(await child.exit).toBe(1);
    },
  );

  it.each([
    [['--port', 'x', '--opne'], 3],
    [['--config', 'none.json'], 2],
    [['--host', '203.0.113.1', '--open'], 1],
  ])('that can not start says why in plain lines, with exit code 1: %j', (args, count) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'serve', '--data', 'memory', ...args], {
      env,
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([1, '']);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(count);
    expect(lines.filter((line) => !line.startsWith('rx-realtime: '))).toEqual([]);
  });

  it('shows its help and its version', () => {
    const output = (...args: readonly string[]): string =>
      spawnSync(process.execPath, [command, ...args], { env, encoding: 'utf8' }).stdout;
    expect(output('serve', '--help')).toContain('--master-key-file FILE');
    expect(output('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

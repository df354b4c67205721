/** A node of a cluster: the built command line of the server, in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { filter, firstValueFrom, ReplaySubject, timeout, type Observable } from 'rxjs';

const program = fileURLToPath(new URL('../../dist/bundled/server/bin.js', import.meta.url));
/** By it, tests use the HTTP API and read the metrics of the nodes. */
export const MASTER_KEY = 'the master key of a cluster under test';
/** What nobody passes on by accident is left out. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RX_REALTIME_'))),
  RX_REALTIME_MASTER_KEY: MASTER_KEY,
};
/** Lines of the log that are kept, for the message of a test that fails. */
const LINES = 500;
/** How long something may take, ms. */
const PATIENCE = 30_000;

export type LogLine = Readonly<Record<string, unknown>>;

export interface NodeOptions {
  readonly name: string;
  readonly port: number;
  readonly database: string;
  readonly nats?: string;
  readonly argv?: readonly string[];
}

export interface NodeProcess {
  readonly pid: number;
  /** The lines of its log so far and from now on. */
  readonly log$: Observable<LogLine>;
  /** Sends a signal. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Resolves to its exit code; null if a signal has ended it. */
  readonly ended: Promise<number | null>;
}

const parsed = (line: string): LogLine => {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
};

/** Starts a node. Resolves when it listens. */
export const startNode = async ({ name, port, database, nats, argv = [] }: NodeOptions): Promise<NodeProcess> => {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      ...[program, 'serve', '--port', String(port), '--open', '--log-format', 'json'],
      ...(nats === undefined ? [] : ['--nats', nats]),
      ...['--node', name, '--public-url', `http://127.0.0.1:${port}`, ...argv],
    ],
    // Others can see the arguments of a process, so a password is none.
    { env: { ...env, RX_REALTIME_DATABASE: database }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  // None stays behind, not even one that is about to start.
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const log$ = new ReplaySubject<LogLine>(LINES);
  if (child.stdout === null || child.stderr === null || child.pid === undefined) throw new Error('it has not started');
  createInterface(child.stdout).on('line', (line) => {
    log$.next(parsed(line));
  });
  const complaints: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    complaints.push(line);
    log$.next({ level: 'error', msg: line });
  });
  void ended.then(() => process.removeListener('exit', kill));
  await Promise.race([
    firstValueFrom(
      log$.pipe(
        filter(({ msg }) => msg === 'listening'),
        timeout(PATIENCE),
      ),
    ),
    ended.then((code) => {
      throw new Error(`node ${name} has ended with ${String(code)} before it listened:\n${complaints.join('\n')}`);
    }),
  ]).catch((error: unknown) => {
    kill();
    throw error;
  });
  return {
    pid: child.pid,
    log$,
    signal: (signal) => {
      child.kill(signal);
    },
    ended,
  };
};

/** The nodes of the cluster: processes of `rx-realtime serve` over one database and one broker. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The command of the package, where it is installed. */
const command = fileURLToPath(new URL('../node_modules/.bin/rx-realtime', import.meta.url));

export interface Services {
  readonly database: string;
  readonly nats: string;
}

export interface ClusterNode {
  readonly name: string;
  /** Where clients connect. */
  readonly url: string;
  /** Ends it at once, as a machine does that loses its power. */
  readonly kill: () => Promise<void>;
  /** Ends it as an operator does: its clients go elsewhere first. */
  readonly stop: () => Promise<void>;
  /** How many clients are logged in there; undefined if it does not answer. */
  readonly sessions: () => Promise<number | undefined>;
}

/** The address in the first line of the log; undefined if the line is another one. */
const addressIn = (line: string): string | undefined => {
  const { msg, url } = JSON.parse(line) as { readonly msg?: string; readonly url?: string };
  return msg === 'listening' ? url : undefined;
};

/** Starts a node. Resolves when it listens. */
export const startNode = async (name: string, { database, nats }: Services, port = 0): Promise<ClusterNode> => {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      ...[command, 'serve', '--open', '--port', String(port), '--log-format', 'json'],
      ...['--nats', nats, '--node', name],
    ],
    // Others can see the arguments of a process: the address of a database may have a password.
    { env: { ...process.env, RX_REALTIME_DATABASE: database }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // None stays behind.
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const ended = once(child, 'exit').then(() => {
    process.removeListener('exit', kill);
  });
  if (child.stdout === null) throw new Error('it has no output');
  const lines = createInterface(child.stdout);
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        const address = addressIn(line);
        if (address !== undefined) resolve(address);
      });
    }),
    ended.then(() => {
      throw new Error(`${name} has ended before it listened`);
    }),
  ]);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return {
    name,
    url,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    sessions: async () => {
      try {
        const response = await fetch(`${url.replace('ws', 'http')}/metrics`);
        return Number(/^rx_realtime_sessions (\d+)$/m.exec(await response.text())?.[1]);
      } catch {
        return undefined;
      }
    },
  };
};

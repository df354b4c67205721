/** A PostgreSQL or a NATS for one test or one program alone. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const script: string = fileURLToPath(new URL('../../scripts/services.sh', import.meta.url));
const run = promisify(execFile);

export const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

export interface OwnService {
  readonly url: string;
  /** Stops it as a crash does. */
  readonly crash: () => Promise<void>;
  /** Starts it again after a crash. */
  readonly start: () => Promise<void>;
  /** Stops it as a crash does, and starts it again. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export type OwnPostgres = OwnService;

const own = async (service: 'postgres' | 'nats', port: number): Promise<OwnService> => {
  const name = `RX_REALTIME_TEST_${service.toUpperCase()}`;
  const env = {
    ...process.env,
    [`${name}_HOME`]: `/tmp/rx-realtime-${service}-own-${process.pid}-${port}`,
    [`${name}_PORT`]: String(port),
  };
  const call = async (command: string): Promise<string> => (await run(script, [command, service], { env })).stdout;
  const does = (command: string) => async (): Promise<void> => {
    await call(command);
  };
  return {
    url: lastLine(await call('present')),
    crash: does('crash'),
    start: does('present'),
    restart: does('restart'),
    stop: does('stop'),
  };
};

/** A PostgreSQL of its own, for a test that restarts it. */
export const ownPostgres = (port: number): Promise<OwnPostgres> => own('postgres', port);

/** A NATS of its own, for a test that kills it. */
export const ownNats = (port: number): Promise<OwnService> => own('nats', port);

/** A PostgreSQL for one test or one program alone. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const script: string = fileURLToPath(new URL('../../scripts/services.sh', import.meta.url));
const run = promisify(execFile);

export const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

export interface OwnPostgres {
  readonly url: string;
  /** Stops it as a crash does, and starts it again. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A PostgreSQL of its own, for a test that restarts it. */
export const ownPostgres = async (port: number): Promise<OwnPostgres> => {
  const home = `/tmp/rx-realtime-postgres-own-${process.pid}-${port}`;
  const env = {
    ...process.env,
    RX_REALTIME_TEST_POSTGRES_HOME: home,
    RX_REALTIME_TEST_POSTGRES_PORT: String(port),
  };
  const { stdout } = await run(script, ['present'], { env });
  return {
    url: lastLine(stdout),
    restart: async () => {
      await run(script, ['restart'], { env });
    },
    stop: async () => {
      await run(script, ['stop'], { env });
    },
  };
};

/** Before and after all tests: a PostgreSQL that a test has started for this run is stopped with it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/services.sh', import.meta.url));

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });

export const setup = async (): Promise<(() => void) | undefined> => {
  const { env } = process;
  if (env['RX_REALTIME_TEST_POSTGRES'] !== undefined || env['RX_REALTIME_TEST_POSTGRES_HOME'] !== undefined) return;
  const home = join(tmpdir(), `rx-realtime-postgres-${process.pid}`);
  env['RX_REALTIME_TEST_POSTGRES_HOME'] = home;
  env['RX_REALTIME_TEST_POSTGRES_PORT'] = String(await freePort());
  return () => {
    if (existsSync(home)) spawnSync(script, ['stop'], { stdio: 'inherit' });
  };
};

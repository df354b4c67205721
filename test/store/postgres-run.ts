/** Before and after all tests: a PostgreSQL or a NATS that a test has started for this run is stopped with it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/services.sh', import.meta.url));
const services = ['postgres', 'nats'] as const;

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

export const setup = async (): Promise<() => void> => {
  const { env } = process;
  const stops: (() => void)[] = [];
  for (const service of services) {
    const name = `RX_REALTIME_TEST_${service.toUpperCase()}`;
    if (env[name] !== undefined || env[`${name}_HOME`] !== undefined) continue;
    const home = join(tmpdir(), `rx-realtime-${service}-${process.pid}`);
    env[`${name}_HOME`] = home;
    env[`${name}_PORT`] = String(await freePort());
    stops.push(() => {
      if (existsSync(home)) spawnSync(script, ['stop', service], { stdio: 'inherit' });
    });
  }
  return () => {
    for (const stop of stops) stop();
  };
};

#!/usr/bin/env node
/**
 * Runs a server until Ctrl-C: `npm run serve -- --port 6400 --host 127.0.0.1`. Behind a proxy:
 * `--public-url https://chat.example.com/im/ --trusted-proxy 127.0.0.1`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { firstValueFrom } from 'rxjs';
import { defined } from '../codecs/defined.js';
import { createServer } from './create-server.js';

const DEFAULT_PORT = '6400';

/**
 * How long the server stays up after it has asked clients to go elsewhere, ms. In this time clients look up their new
 * endpoint, which this server has to answer: a client whose lookup fails gives up.
 */
const GOAWAY_TIME = 500;

const serve = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: DEFAULT_PORT },
      host: { type: 'string', default: '127.0.0.1' },
      'public-url': { type: 'string' },
      'trusted-proxy': { type: 'string', multiple: true },
    },
  });
  // `Number('')` would be 0.
  const port = values.port === '' ? Number.NaN : Number(values.port);
  const { host, 'public-url': publicUrl, 'trusted-proxy': trustedProxies } = values;
  const server = await createServer({ port, host, ...defined({ publicUrl, trustedProxies }) });
  console.log(`listening on ${server.url}`);

  const leave = async (): Promise<void> => {
    if ((await firstValueFrom(server.stats$, { defaultValue: { sockets: 0 } })).sockets > 0) {
      server.goaway();
      await delay(GOAWAY_TIME);
    }
    await server.close();
  };
  const stop = (): void => {
    // A second Ctrl-C ends the process at once.
    process.once('SIGINT', () => process.exit(1));
    leave().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
};

try {
  await serve();
} catch (error) {
  console.error(`could not serve: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

#!/usr/bin/env node
/** Serves until Ctrl-C: `npm run serve -- --port 6400 --host 127.0.0.1`. */
import { parseArgs } from 'node:util';
import { createServer } from './create-server.js';

const DEFAULT_PORT = '6400';

const { values } = parseArgs({
  options: { port: { type: 'string', default: DEFAULT_PORT }, host: { type: 'string', default: '127.0.0.1' } },
});

try {
  const server = await createServer({ port: Number(values.port), host: values.host });
  console.log(`listening on ${server.url}`);
  const stop = (): void => {
    server.goaway();
    void server.close();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
} catch (error) {
  console.error(`could not serve on ${values.host}:${values.port}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/** The threads of the SQLite store, for tests, which run from the sources. `vitest.config.ts` puts it in place. */
import { buildSync } from 'esbuild';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const outfile = `${root}.cache/test-store/worker-${process.pid}.mjs`;

buildSync({
  entryPoints: [`${root}server/store/sqlite/worker.ts`],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  logLevel: 'error',
});

export const workerFile = pathToFileURL(outfile);

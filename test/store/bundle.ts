/** Programs of the tests that run outside of vitest: each is bundled from its source. */
import { buildSync } from 'esbuild';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Every test process writes files of its own. */
const directory = `${root}.cache/test-store/${process.pid}`;

/** Bundles a source, and gives the path of the result. It finds the threads of the store beside itself. */
export const bundled = (source: string, name: string): string => {
  const outfile = `${directory}/${name}.js`;
  buildSync({
    entryPoints: [`${root}${source}`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    // A thread that reads many files takes long to start.
    external: ['@nats-io/transport-node', '@photostructure/sqlite', 'pg'],
    // For packages that are CommonJS.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    alias: { 'rx-realtime/server': `${root}server/index.ts` },
    logLevel: 'error',
  });
  return outfile;
};

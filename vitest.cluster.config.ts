import { defineConfig } from 'vitest/config';
import shared from './vitest.config.js';

/**
 * `npm run test:cluster`: real processes that are killed, stopped and cut off; and the suite of the published clients
 * over two servers. They need minutes.
 */
export default defineConfig({
  resolve: shared.resolve ?? {},
  test: {
    include: ['test/cluster/failures/**/*.test.ts', 'test/interop/{interop,messages,conversations}.test.ts'],
    // Each client is on another one of two servers.
    env: { RX_REALTIME_INTEROP: 'cluster' },
    setupFiles: ['test/seed.ts'],
    globalSetup: 'test/store/postgres-run.ts',
    execArgv: ['--expose-gc'],
    unstubGlobals: true,
    fileParallelism: false,
    // The published client tells of each break.
    onConsoleLog: (text) => !/Syncing notifications failed|should not be called when the connection/.test(text),
    testTimeout: 180_000,
    hookTimeout: 120_000,
    reporters: ['default', ['json', { outputFile: '.cache/cluster-results.json' }]],
  },
});

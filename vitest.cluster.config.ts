import { defineConfig } from 'vitest/config';
import shared from './vitest.config.js';

/** `npm run test:cluster`: real processes that are killed, stopped and cut off. They need minutes. */
export default defineConfig({
  resolve: shared.resolve ?? {},
  test: {
    include: ['test/cluster/failures/**/*.test.ts'],
    setupFiles: ['test/seed.ts'],
    globalSetup: 'test/store/postgres-run.ts',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    reporters: ['default', ['json', { outputFile: '.cache/cluster-results.json' }]],
  },
});

import { defineConfig } from 'vitest/config';

/** The tests of the examples: `npm run test:examples`. They measure time, so they are not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['examples/test/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});

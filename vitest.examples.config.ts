import { defineConfig } from 'vitest/config';

/** The tests of the examples: `npm run test:examples`. They measure time, so they are not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['examples/test/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 300_000,
    // A poll waits for an event. A loaded machine may take long for it.
    expect: { poll: { timeout: 15_000 } },
    fileParallelism: false,
  },
});

import { configDefaults } from 'vitest/config';
import base from './vitest.config.js';

/** The tests that say what the pure parts do, without sockets: each mutant costs as little as they do. */
export default {
  ...base,
  test: {
    ...base.test,
    projects: undefined,
    include: [
      'marble-tests/**/*.test.ts',
      'test/codecs/**/*.test.ts',
      'test/streams/**/*.test.ts',
      'test/connection/{machine,endpoints,backoff}.test.ts',
      'test/session/**/*.test.ts',
    ],
    // It compares sources with what they were generated from, and these ones are changed.
    exclude: [...configDefaults.exclude, 'test/codecs/generated.test.ts'],
    reporters: ['default'],
    // Stryker runs them in threads, which take no such flags.
    execArgv: [],
    setupFiles: ['test/expose-gc.ts', 'test/seed.ts'],
  },
};

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const gate = { lines: 95, branches: 90 };

export default defineConfig({
  resolve: {
    // Tests that import the package by its name run against the sources, so that they count as coverage and need no build.
    alias: [
      { find: /^rx-realtime$/, replacement: source('src/index.ts') },
      { find: /^rx-realtime\/(streams|codecs|server|node|testing)$/, replacement: source('$1/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'marble-tests/**/*.test.ts'],
    // Processes, not threads: tests count the handles and the memory of their own process.
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--expose-gc'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // The file is for .ci/run, which counts.
    reporters: ['default', ['json', { outputFile: '.cache/test-results.json' }]],
    typecheck: { enabled: false },
    coverage: {
      provider: 'v8',
      include: ['codecs/**/*.ts', 'streams/**/*.ts', 'src/**/*.ts', 'node/**/*.ts', 'server/**/*.ts'],
      // The generated code; the command line of the server runs in a process of its own.
      exclude: ['codecs/proto/**', 'server/cli.ts', '**/*.d.ts'],
      reporter: ['text', 'json-summary'],
      thresholds: { 'codecs/**': gate, 'streams/**': gate, 'src/**': gate },
    },
  },
});

import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { entries, folders } from './scripts/entries.mjs';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const gate = { lines: 95, branches: 90 };
/** Tests that count timers, handles, memory or the loop's time, or replace a module: each has a process of its own. */
const alone = [
  'test/{codecs/hostile,integration/leaks,integration/teardown}.test.ts',
  'test/outbox/{indexed-db,page-lock}.test.ts',
  'test/server/{attacks/frames,loop,memory-recount.property,one-encoding,returns}.test.ts',
  'test/backpressure/**/*.test.ts',
];
/** Tests in a browser, which is started once for all of them. */
const browser = ['test/browser/**/*.test.ts'];
/** `npm run test:browser` runs these, too. They send some megabytes each. */
const browserAlone = process.env['BROWSER_ALL'] === '1' ? [] : ['test/browser/backpressure.test.ts'];
/** `npm run test:cluster` runs these: processes that are killed, for minutes. */
const failures = ['test/cluster/failures/**/*.test.ts'];
/** Tests with a page. */
const angular = ['test/angular/**/*.test.ts'];

/** A poll waits for an event. A loaded machine may take long for it. */
const expect = { poll: { timeout: 15_000 } };

export default defineConfig({
  resolve: {
    // Tests that import the package by its name run against the sources, so that they count as coverage and need no
    // build.
    alias: [
      ...entries.map((entry) => ({ find: new RegExp(`^${entry.specifier}$`), replacement: source(entry.source) })),
      // A thread can't run a source.
      { find: /^\.\/worker-file\.js$/, replacement: source('test/store/worker-file.ts') },
    ],
  },
  test: {
    projects: [
      // These tests leave nothing behind, so that they can share a process and what it has loaded.
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['{test,marble-tests}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...alone, ...browser, ...angular, ...failures],
          isolate: false,
          globalSetup: 'test/store/postgres-run.ts',
        },
      },
      { extends: true, test: { name: 'alone', include: alone } },
      // These tests have the built package, as its users have it, and no aliases.
      {
        test: {
          name: 'browser',
          include: browser,
          exclude: [...configDefaults.exclude, ...browserAlone],
          globalSetup: 'test/browser/start.ts',
          server: { deps: { external: [/\/dist\//] } },
          pool: 'forks',
          maxWorkers: 1,
          isolate: false,
          // After all others: a browser needs the machine.
          sequence: { groupOrder: 1 },
          testTimeout: 20_000,
          hookTimeout: 20_000,
          expect,
        },
      },
      { extends: true, test: { name: 'angular', include: angular, environment: 'happy-dom' } },
    ],
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--expose-gc'],
    setupFiles: ['test/seed.ts'],
    unstubGlobals: true,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    expect,
    // The file is for .ci/run, which counts.
    reporters: ['default', ['json', { outputFile: '.cache/test-results.json' }]],
    typecheck: { enabled: false },
    coverage: {
      provider: 'v8',
      include: folders.map((folder) => `${folder}/**/*.ts`),
      // The generated code; the command line of the server runs in a process of its own.
      exclude: ['codecs/proto/**', 'server/{bin,cli}.ts', '**/*.d.ts'],
      reporter: ['text', 'json-summary'],
      thresholds: { 'codecs/**': gate, 'streams/**': gate, 'src/**': gate },
    },
  },
});

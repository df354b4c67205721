/**
 * `npm run mutation`: changes the code in small ways, one at a time, and sees whether a test fails.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate: [
    'codecs/**/*.ts',
    '!codecs/proto/**',
    '!codecs/index.ts',
    'streams/**/*.ts',
    '!streams/**/index.ts',
    'src/connection/{machine,backoff,close-codes,liveness,requests,run-to-completion,holding}.ts',
  ],
  coverageAnalysis: 'perTest',
  // What runs once, as a module is loaded, can't be told apart by test: all tests would have to run for each such
  // mutant.
  ignoreStatic: true,
  // Words for people are not what a program does.
  mutator: { excludedMutations: ['StringLiteral'] },
  concurrency: 2,
  timeoutMS: 10_000,
  incremental: true,
  incrementalFile: '.cache/mutation.json',
  tempDirName: '.cache/mutation',
  reporters: ['clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: '.cache/mutation.html' },
  jsonReporter: { fileName: '.cache/mutation-report.json' },
  thresholds: { high: 95, low: 90, break: 85 },
};

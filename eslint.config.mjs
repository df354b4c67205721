import { importX, createNodeResolver } from 'eslint-plugin-import-x';
import rxjsX from 'eslint-plugin-rxjs-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { folders as published } from './scripts/entries.mjs';
import columns from './scripts/lint/columns.mjs';
import dollar from './scripts/lint/dollar.mjs';

/**
 * The top-level folders, and which of the others each may import. Everything else goes through the package's public
 * entries. A folder that is published and has no line here may import none.
 */
const arrows = {
  ...Object.fromEntries(published.map((folder) => [folder, []])),
  streams: ['codecs'],
  src: ['codecs', 'streams'],
  node: ['src'],
  weapp: ['src'],
  server: ['codecs'],
  testing: ['codecs', 'streams', 'src'],
  bench: [],
  tour: [],
};
const folders = [...Object.keys(arrows), 'test', 'marble-tests', 'scripts'];
/**
 * Parts of a folder that more may import than of the folder itself. What the generated code does alone is the limit
 * that benchmarks measure against.
 */
const excepted = { bench: ['./proto'], testing: ['./domain'] };

/** What may be imported nowhere. */
const banned = [
  { regex: '^rxjs/internal(/|$)', message: 'Internal to RxJS: import from rxjs.' },
  { regex: '^rxjs/operators$', message: 'Import operators from rxjs.' },
  {
    regex: '^(fp-ts|io-ts)/(?!package\\.json)',
    message: "Doesn't resolve in Node's ESM: import { either as E } from 'fp-ts'.",
  },
];
const noRxjs = { regex: '^rxjs(/|$)', message: 'This folder knows nothing of RxJS.' };
const noNode = {
  regex: '^(node:|ws$)',
  message: 'This folder runs wherever JavaScript runs: what does IO is given to it.',
};

/** @param {...{ regex: string, message: string }} patterns */
const bans = (...patterns) => ({
  'no-restricted-imports': [
    'error',
    {
      paths: [{ name: 'rxjs', importNames: ['shareReplay'], message: 'Use share with its resets written out.' }],
      patterns: [...banned, ...patterns],
    },
  ],
});

/** Values that differ from run to run: a function that needs one takes it. */
const impure = {
  'no-restricted-globals': [
    'error',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'performance',
    'crypto',
    'process',
    'Buffer',
    'window',
    'document',
    'navigator',
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Take a clock.' },
    { object: 'Math', property: 'random', message: 'Take a source of randomness.' },
  ],
};

export default defineConfig(
  // What needs Angular's server-side rendering is looked at by the example's own build.
  globalIgnores(['dist', 'coverage', '.cache', 'bench/proto/rtm.js', 'examples/chat/*.server.ts']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, rxjsX.configs.strict],
    plugins: { 'import-x': importX, 'rx-realtime': { rules: { columns, dollar } } },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
    settings: {
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [
        createNodeResolver({ extensions: ['.ts', '.js'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
    },
    rules: {
      ...bans(),
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: [
            ...Object.entries(arrows).map(([folder, allowed]) => ({
              target: `./${folder}`,
              from: folders
                .filter((other) => other !== folder && !allowed.includes(other))
                .map((other) => `./${other}`),
              except: excepted[folder] ?? [],
              message: `${folder}/ may import ${[...allowed.map((other) => `${other}/`), 'public entries of packages'].join(' and ')}.`,
            })),
            {
              target: './server/domain',
              from: folders.filter((other) => other !== 'codecs').map((other) => `./${other}`),
              except: ['./domain'],
              message: 'server/domain/ is rules over plain data: it may import codecs/ alone.',
            },
          ],
        },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      // A codec and the type derived from it have one name, as io-ts has it; TypeScript itself refuses what this rule
      // is for.
      'no-redeclare': 'off',
      // A template may hold a number: that is what they are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // A type that is derived from a codec gets a name: `interface Point extends t.TypeOf<typeof Point> {}`.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An interface that extends the type of a codec gives that type a name.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      // What is taken out of an object is left out of the rest.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'rx-realtime/dollar': 'error',
      'rx-realtime/columns': ['error', 120],
      // Most streams here never error, which the rule can't see; an error that nobody handles, RxJS throws where
      // everybody sees it.
      'rxjs-x/no-ignored-error': 'off',
      // `() => subject.next(x)` says what it does.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  // A file has one reason to exist; comments and blank lines are no reason to split it.
  {
    files: ['codecs/**/*.ts'],
    rules: {
      ...bans(noRxjs, noNode),
      ...impure,
      // The type of a codec is derived, never written a second time.
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // A type parameter that is used once keeps the literal in `literal('ack')`.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  { files: ['streams/**/*.ts', 'testing/**/*.ts', 'angular/**/*.ts'], rules: { ...bans(noNode), ...impure } },
  // RxJS is for what the server shows of itself; what it does needs none.
  {
    files: ['server/**/*.ts'],
    ignores: ['server/stats.ts', 'server/create-server.ts', 'server/cli/serve.ts'],
    rules: bans(noRxjs),
  },
  // The rules of the server run in a browser too: in the tests of an application.
  { files: ['server/domain/**/*.ts'], rules: { ...bans(noRxjs, noNode), ...impure } },
  {
    files: [
      ...['server/{bin,cli}.ts', 'bench/**/*.ts', 'tour/**/*.ts', 'scripts/**/*.{ts,mjs}', 'examples/**/*.node.ts'],
      'test/platforms/check.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['bench/**/*.ts', 'tour/**/*.ts', 'test/**/*.ts', 'marble-tests/**/*.ts', 'examples/**/*.ts'],
    rules: {
      // A stream that is empty where a value is expected should fail, as it does without a default.
      'rxjs-x/no-ignored-default-value': 'off',
    },
  },
  {
    files: ['test/**/*.ts', 'marble-tests/**/*.ts'],
    rules: {
      // A suite is as long as its subject has rules.
      'max-lines': 'off',
      // What a test subscribes to, it observes; its fakes may be Subjects, and their shapes are those of what they
      // stand in for.
      'rxjs-x/no-exposed-subjects': 'off',
      'rxjs-x/no-nested-subscribe': 'off',
      'rx-realtime/dollar': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    plugins: { 'rx-realtime': { rules: { columns } } },
    rules: { 'rx-realtime/columns': ['error', 120] },
    languageOptions: { ecmaVersion: 2024, sourceType: 'module' },
    linterOptions: { noInlineConfig: true },
  },
);

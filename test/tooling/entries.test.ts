/** The entries of the package are listed once, in package.json: every tool takes them from there. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { project } from '../../scripts/build.mjs';
import { entries, folders } from '../../scripts/entries.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const configurations = ['vitest.config.ts', 'eslint.config.mjs', 'tsconfig.json', 'knip.jsonc'];

interface Alias {
  readonly find: RegExp;
  readonly replacement: string;
}
interface Zone {
  readonly target: string;
  readonly from: readonly string[];
}

/** Finds the zones of the arrows in a configuration of ESLint. */
const zonesOf = (configuration: readonly { readonly rules?: Readonly<Record<string, unknown>> }[]): readonly Zone[] =>
  configuration.flatMap(({ rules = {} }) => {
    const rule = rules['import-x/no-restricted-paths'] as
      readonly [string, { readonly zones: readonly Zone[] }] | undefined;
    return rule?.[1].zones ?? [];
  });

describe('a new entry in package.json', () => {
  let copy = '';
  const load = async (path: string) => (await import(/* @vite-ignore */ `${copy}${path}`)) as Record<string, unknown>;

  beforeAll(() => {
    mkdirSync(`${root}.cache`, { recursive: true });
    copy = `${mkdtempSync(`${root}.cache/entries-`)}/`;
    for (const path of [...configurations, 'scripts']) cpSync(`${root}${path}`, `${copy}${path}`, { recursive: true });
    symlinkSync(`${root}node_modules`, `${copy}node_modules`, 'dir');
    const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { readonly exports: object };
    const added = { './made-up': { types: './dist/made-up/index.d.ts', default: './dist/made-up/index.js' } };
    writeFileSync(`${copy}package.json`, JSON.stringify({ ...manifest, exports: { ...manifest.exports, ...added } }));
    mkdirSync(`${copy}made-up`);
    writeFileSync(`${copy}made-up/index.ts`, 'export const madeUp = 1;\n');
  });
  afterAll(() => {
    rmSync(copy, { recursive: true });
  });

  it('is in the list that the checks, the API reports and the size gate go through', async () => {
    const { entries: found } = await load('scripts/entries.mjs');
    expect(found).toContainEqual({
      specifier: 'rx-realtime/made-up',
      name: 'made-up',
      source: 'made-up/index.ts',
      folder: 'made-up',
      types: 'dist/made-up/index.d.ts',
    });
  });

  it('is imported from its source by tests, and counts in their coverage', async () => {
    const { default: configuration } = (await load('vitest.config.ts')) as {
      readonly default: {
        readonly resolve: { readonly alias: readonly Alias[] };
        readonly test: { readonly coverage: { readonly include: readonly string[] } };
      };
    };
    const matching = configuration.resolve.alias.filter(({ find }) => find.test('rx-realtime/made-up'));
    expect(matching.map(({ replacement }) => replacement)).toEqual([`${copy}made-up/index.ts`]);
    expect(configuration.test.coverage.include).toContain('made-up/**/*.ts');
  });

  it('is type-checked, and compiled to dist/', async () => {
    const { config } = ts.readConfigFile(`${copy}tsconfig.json`, (path) => ts.sys.readFile(path)) as {
      readonly config: object;
    };
    expect(ts.parseJsonConfigFileContent(config, ts.sys, copy).fileNames).toContain(`${copy}made-up/index.ts`);
    const copied = (await load('scripts/build.mjs')) as { readonly project: typeof project };
    expect(copied.project.include).toContain('../made-up');
  });

  it('may import no other folder, and no folder may import its files, until a line of the arrows says so', async () => {
    const { default: configuration } = await load('eslint.config.mjs');
    const zones = zonesOf(configuration as Parameters<typeof zonesOf>[0]);
    expect(zones.find(({ target }) => target === './made-up')?.from).toEqual(
      expect.arrayContaining(folders.map((folder) => `./${folder}`)),
    );
    expect(zones.find(({ target }) => target === './src')?.from).toContain('./made-up');
    // The plug-ins of ESLint take long to load on a cold disk.
  }, 120_000);
});

describe('the list of entries', () => {
  it('stands in no tool and in no configuration', () => {
    const scripts = readdirSync(`${root}scripts`, { recursive: true, encoding: 'utf8' }).map(
      (path) => `scripts/${path}`,
    );
    const files = [...readdirSync(root), ...scripts].filter((path) => /\.(?:ts|mts|mjs|json|jsonc)$/.test(path));
    const naming = files.filter((path) => {
      const text = readFileSync(`${root}${path}`, 'utf8');
      return folders.every((folder) => new RegExp(`['"./]${folder}['"/]|\\b${folder}:`).test(text));
    });
    // The arrows say for each folder what it may import. Names of folders occur in the lock file by chance.
    expect(naming.filter((path) => !['package.json', 'package-lock.json'].includes(path))).toEqual([
      'eslint.config.mjs',
    ]);
  });

  it('has a source for each entry', () => {
    expect(entries.map(({ source }) => readFileSync(`${root}${source}`, 'utf8').length > 0)).toEqual(
      entries.map(() => true),
    );
  });
});

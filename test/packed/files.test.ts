/** What the tarball holds. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDist } from '../../scripts/checks/packed.js';
import { execute, root } from '../../scripts/checks/tool.js';
import { entries } from '../../scripts/entries.mjs';
import { withoutCode } from '../../scripts/docs/headings.js';
import { pageAt } from '../readme/markdown.js';

interface Manifest {
  readonly files: readonly string[];
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly typesVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest;

const linkedFiles = (path: string): readonly string[] =>
  [...withoutCode(pageAt(path).text).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => join(dirname(path), link));

describe('the tarball', () => {
  let files: readonly string[];
  beforeAll(async () => {
    await freshDist();
    const [packed] = JSON.parse(await execute('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'])) as readonly {
      readonly files: readonly { readonly path: string }[];
    }[];
    files = packed?.files.map(({ path }) => path) ?? [];
  }, 120_000);

  it('holds what it names: its files, its entries, its types and its command', () => {
    const named = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    const types = Object.values(manifest.typesVersions).flatMap((versions) => Object.values(versions).flat());
    const paths = [...named, ...types, ...Object.values(manifest.bin)].map((path) => path.replace('./', ''));
    expect(paths.filter((path) => !files.includes(path))).toEqual([]);
  });

  it('holds code, declarations, pages and the schema, and nothing else', () => {
    const odd = files.filter((path) => !/\.(?:js|d\.ts|md)$/.test(path));
    expect(odd.sort()).toEqual([
      'LICENSE',
      'dist/bundled/LICENSES.txt',
      'dist/bundled/server/store/sqlite/worker.mjs',
      'dist/codecs/proto/rtm.proto',
      'dist/server/vendor/LICENSES.txt',
      'package.json',
    ]);
  });

  it('has no dead link in its pages, apart from those to tests', () => {
    const dead = files
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) => linkedFiles(path).map((link) => [path, link] as const))
      .filter(([, link]) => !files.includes(link.replace(/\/$/, '')));
    expect(dead.filter(([, link]) => !/^(?:marble-tests|test)\//.test(link))).toEqual([]);
    expect(dead.filter(([path]) => path.startsWith('README'))).toEqual([]);
  });

  it('gives the types of each entry to compilers that do not read exports', () => {
    const given = Object.entries(manifest.typesVersions['*'] ?? {}).map(([path, [types]]) => [path, types]);
    expect(given).toEqual(
      entries.filter(({ name }) => name !== 'rx-realtime').map(({ name, types }) => [name, `./${types}`]),
    );
  });
});

describe('the command', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rx-realtime-command-'));
  const command = join(directory, 'rx-realtime');
  beforeAll(async () => {
    await freshDist();
    // As npm links it into node_modules/.bin.
    symlinkSync(`${root}${manifest.bin['rx-realtime'] ?? ''}`, command);
  }, 120_000);
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  const run = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  it('says how it is used', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('rx-realtime serve') as string });
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('rx-realtime serve') as string });
    expect(run('sevre')).toMatchObject({ status: 1, stderr: expect.stringContaining('"sevre"') as string });
  });

  it('passes the options of serve on', () => {
    expect(run('serve', '--port', 'x')).toMatchObject({ status: 1, stderr: expect.stringContaining('port') as string });
  });
});

/**
 * Installs the tarball in an application, with the oldest peers that it allows. Checks that its declarations compile
 * and that its entries can be imported.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entries } from '../entries.mjs';
import { importEntries } from './imports.js';
import { pack } from './packed.js';
import { execute, root } from './tool.js';

const { peerDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  readonly peerDependencies: Readonly<Record<string, string>>;
};

/** The oldest version of each peer that `peerDependencies` allows. */
const lowestPeers = Object.entries(peerDependencies).map(([name, range]) => `${name}@${range.replace(/^[^\d]+/, '')}`);

/** What an application with Angular has beside it, in the same version. */
const withAngular = lowestPeers.flatMap((peer) => {
  const [, version] = /^@angular\/core@(.*)$/.exec(peer) ?? [];
  return version === undefined ? [] : [`@angular/compiler@${version}`];
});

/** How applications resolve modules: with Node's own resolution, or with a bundler's. */
const resolutions = [
  { module: 'NodeNext', moduleResolution: 'NodeNext' },
  { module: 'ESNext', moduleResolution: 'Bundler' },
];

const compilerOptions = {
  target: 'ES2022',
  lib: ['ES2023', 'DOM', 'ESNext.Disposable'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

const source = entries
  .map(({ specifier }, index) => `export * as entry${String(index)} from '${specifier}';\n`)
  .join('');

/**
 * The first RxJS 7.5 whose `exports` lead to its types. JavaScript programs may use an older one. For TypeScript
 * programs an older one has no types under either resolution.
 */
const firstTypedRxjs = 'rxjs@7.5.5';

/** Installs, type-checks and imports. The time depends on the registry. */
export const peers = async (): Promise<string> => {
  const tarball = await pack();
  // The folder is outside of the project, because the project's node_modules would provide missing packages.
  const directory = mkdtempSync(join(tmpdir(), 'rx-realtime-peers-'));
  try {
    const write = (name: string, content: string | object): void => {
      writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
    };
    write('package.json', { name: 'application', private: true, type: 'module' });
    write('application.ts', source);
    const install = (...packages: readonly string[]): Promise<string> =>
      execute('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], directory);
    await install(tarball, ...lowestPeers, ...withAngular, '@types/node@20');
    await importEntries(directory);
    await install(firstTypedRxjs);
    for (const resolution of resolutions) {
      write('tsconfig.json', { compilerOptions: { ...compilerOptions, ...resolution }, files: ['application.ts'] });
      await execute(`${root}node_modules/.bin/tsc`, ['-p', 'tsconfig.json'], directory);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return `${lowestPeers.join(', ')}; types with ${firstTypedRxjs}`;
};

/** Compiles the package to dist/, with declarations beside the modules, and bundles it for Node. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';
import { entries, folders } from './entries.mjs';
import { vendor } from './vendor.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = `${root}dist`;
const configuration = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts/build.mjs',
  'scripts/bundle.mjs',
  'scripts/entries.mjs',
  'scripts/licences.mjs',
  'scripts/vendor.mjs',
];

const ANGULAR = 'angular';

/**
 * The compiler options of the published folders. They are in a file because tsc reads a list of folders only from a
 * file. Its paths are relative to .cache/.
 */
export const project = {
  extends: '../tsconfig.json',
  compilerOptions: { noEmit: false, noEmitOnError: true, declaration: true, stripInternal: true },
  include: folders.filter((folder) => folder !== ANGULAR).map((folder) => `../${folder}`),
  exclude: [],
};

/**
 * Angular's own compiler compiles this folder, for Angular's linker: users' builds finish it with the compiler of their
 * version. It takes the other entries from what tsc has built.
 *
 * @param {string} target a folder below .cache/
 */
const angularProject = (target) => ({
  extends: '../tsconfig.json',
  compilerOptions: {
    noEmit: false,
    noEmitOnError: true,
    declaration: true,
    stripInternal: true,
    rootDir: '..',
    outDir: target,
    paths: Object.fromEntries(
      entries.map(({ specifier, folder, types }) => [
        specifier,
        [folder === ANGULAR ? types.replace(/^dist(.*)\.d\.ts$/, '..$1.ts') : types.replace(/^dist/, target)],
      ]),
    ),
  },
  angularCompilerOptions: { compilationMode: 'partial' },
  include: [`../${ANGULAR}`],
  exclude: [],
});

/** The schema, which tsc doesn't copy. It is for users of other languages. */
const copied = ['codecs/proto/rtm.proto'];

/**
 * The time of the last change below a folder. Folders count too, since only their time shows that a file was deleted.
 */
const lastChange = () =>
  Math.max(
    ...folders
      .flatMap((folder) => [
        folder,
        ...readdirSync(`${root}${folder}`, { recursive: true }).map((path) => `${folder}/${path}`),
      ])
      .concat(configuration)
      .map((path) => statSync(`${root}${path}`).mtimeMs),
  );

/**
 * Writes `Uint8Array` where tsc has inferred `Uint8Array<ArrayBufferLike>`, which is the same type, but not known to
 * TypeScript before 5.7.
 *
 * @param {string} folder
 */
const simplifyDeclarations = (folder) => {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.d.ts')) continue;
    const text = readFileSync(`${folder}/${path}`, 'utf8');
    const simple = text.replaceAll('Uint8Array<ArrayBufferLike>', 'Uint8Array');
    if (simple !== text) writeFileSync(`${folder}/${path}`, simple);
  }
};

const isFresh = () => existsSync(dist) && statSync(dist).mtimeMs >= lastChange();

/**
 * Builds unless dist/ is newer than the sources. It is built aside and put in place whole, so that a build that
 * fails, or a program that runs meanwhile, finds the old one.
 *
 * @param {{ readonly force?: boolean }} [options]
 */
export const build = ({ force = false } = {}) => {
  if (!force && isFresh()) return;
  console.error('Building dist/');
  const started = new Date();
  const target = `${root}.cache/build-${process.pid}`;
  mkdirSync(`${root}.cache`, { recursive: true });
  /** @param {string} name @param {string} compiler @param {object} content @param {string[]} args */
  const compile = (name, compiler, content, ...args) => {
    const configuration = `${root}.cache/tsconfig.${name}.json`;
    writeFileSync(configuration, JSON.stringify(content));
    const command = [`${root}node_modules/${compiler}`, '-p', configuration, ...args];
    const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
    if (status === 0) return;
    rmSync(target, { recursive: true, force: true });
    process.exit(status ?? 1);
  };
  compile('build', 'typescript/bin/tsc', project, '--outDir', target);
  compile('angular', '@angular/compiler-cli/bundles/src/bin/ngc.js', angularProject(`./build-${process.pid}`));
  simplifyDeclarations(target);
  for (const path of copied) cpSync(`${root}${path}`, `${target}/${path}`);
  vendor(root, `${target}/server`);
  bundle(root, target);
  // dist/ gets the time at which the build started, so a source that is saved during the build makes it stale.
  utimesSync(target, started, started);
  rmSync(dist, { recursive: true, force: true });
  renameSync(target, dist);
};

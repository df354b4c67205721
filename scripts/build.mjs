/** Compiles the package to dist/, unbundled, with declarations beside the modules. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { vendor } from './vendor.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = `${root}dist`;
const folders = ['codecs', 'streams', 'src', 'node', 'server', 'testing'];
const configuration = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs', 'scripts/vendor.mjs'];

/** What tsc doesn't write: the generated code, which is JavaScript already, its declaration, and the schema for users of other languages. */
const copied = ['rtm.js', 'rtm.d.ts', 'rtm.proto'].map((name) => `codecs/proto/${name}`);

/** The last change below a folder; the folders count too, since theirs is the only trace of a deleted file. */
const lastChange = () =>
  Math.max(
    ...folders
      .flatMap((folder) => [folder, ...readdirSync(`${root}${folder}`, { recursive: true }).map((path) => `${folder}/${path}`)])
      .concat(configuration)
      .map((path) => statSync(`${root}${path}`).mtimeMs),
  );

const isFresh = () => existsSync(dist) && statSync(dist).mtimeMs >= lastChange();

/**
 * Builds unless dist/ is newer than the sources. It is built aside and put in place whole, so that a build that fails, or a program that runs
 * meanwhile, finds the old one.
 *
 * @param {{ readonly force?: boolean }} [options]
 */
export const build = ({ force = false } = {}) => {
  if (!force && isFresh()) return;
  console.error('Building dist/');
  const started = new Date();
  const target = `${root}.cache/build-${process.pid}`;
  const tsc = [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`, '--outDir', target];
  const { status } = spawnSync(process.execPath, tsc, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    rmSync(target, { recursive: true, force: true });
    process.exit(status ?? 1);
  }
  for (const path of copied) cpSync(`${root}${path}`, `${target}/${path}`);
  vendor(root, `${target}/server`);
  // The time of the sources that were read: a source saved during the build makes it stale.
  utimesSync(target, started, started);
  rmSync(dist, { recursive: true, force: true });
  renameSync(target, dist);
};

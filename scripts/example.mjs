/**
 * Prepares an example as a stranger would: packs this package, installs the tarball with the few packages that the
 * example asks for, and builds the example there. Nothing of it touches the source tree: all is in `.cache/examples/`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const cache = `${root}.cache/examples/`;
const FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

/** The examples: the folders with a package.json. */
export const examples = readdirSync(`${root}examples`).filter((name) =>
  existsSync(`${root}examples/${name}/package.json`),
);

/** @param {string[]} args @param {string} cwd */
const npm = (args, cwd) => {
  const path = process.env.npm_execpath;
  const options = { cwd, stdio: ['ignore', 'ignore', 'inherit'] };
  const { status, error } =
    path === undefined
      ? spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [path, ...args], options);
  if (status === 0) return;
  console.error(
    `npm ${args[0]} failed${error ? `: ${error.message}` : ''}. Is there a connection to the npm registry?`,
  );
  process.exit(status ?? 1);
};

/** Packs dist/, unless the tarball is newer. Gives its path. */
const packed = () => {
  const { name, version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const folder = `${cache}package/`;
  const tarball = `${folder}${name}-${version}.tgz`;
  // dist/ has the time at which its build started.
  if (existsSync(tarball) && statSync(tarball).mtimeMs > statSync(`${root}dist`).mtimeMs) return tarball;
  console.error('Packing rx-realtime');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root);
  return tarball;
};

/** Installs what an example asks for, unless that is done. @param {string} folder @param {string} manifest */
const install = (folder, manifest) => {
  const tarball = packed();
  const wanted = createHash('sha256').update(readFileSync(tarball)).update(manifest).digest('hex');
  const stamp = `${folder}installed`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing it, and what the example asks for');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const content = JSON.parse(manifest);
  content.dependencies['rx-realtime'] = `file:${tarball}`;
  writeFileSync(`${folder}package.json`, JSON.stringify(content, null, 2));
  npm(['install', ...FLAGS], folder);
  writeFileSync(stamp, wanted);
};

/**
 * Builds an application of Angular by Angular's own tools, unless that is done.
 *
 * @param {string} folder
 * @param {string} name
 */
const buildAngular = (folder, name) => {
  const [source, built] = [`${folder}source/${name}/`, `${folder}angular/`];
  const wanted = createHash('sha256').update(readFileSync(`${folder}installed`));
  for (const part of ['shared', name])
    for (const file of readdirSync(`${folder}source/${part}`).sort())
      wanted.update(file).update(readFileSync(`${folder}source/${part}/${file}`));
  const [stamp, digest] = [`${built}stamp`, wanted.digest('hex')];
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return built;
  console.error("Building it by Angular's own tools");
  rmSync(built, { recursive: true, force: true });
  const ng = `${folder}node_modules/@angular/cli/bin/ng.js`;
  const { status } = spawnSync(process.execPath, [ng, 'build'], { cwd: source, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
  renameSync(`${source}built`, built);
  writeFileSync(stamp, digest);
  return built;
};

/**
 * Installs and builds an example. Gives the folder with its programs.
 *
 * @param {string} name
 */
export const prepare = async (name) => {
  const folder = `${cache}${name}/`;
  install(folder, readFileSync(`${root}examples/${name}/package.json`, 'utf8'));
  rmSync(`${folder}source`, { recursive: true, force: true });
  for (const part of ['shared', name])
    cpSync(`${root}examples/${part}`, `${folder}source/${part}`, { recursive: true });
  const built = `${folder}built`;
  rmSync(built, { recursive: true, force: true });
  const isAngular = existsSync(`${folder}source/${name}/angular.json`);
  if (isAngular) cpSync(buildAngular(folder, name), built, { recursive: true });
  // The example's own esbuild.
  const { build, stop } = await import(pathToFileURL(`${folder}node_modules/esbuild/lib/main.js`).href);
  /** @param {string} suffix @param {object} options */
  const bundle = (suffix, options) =>
    build({
      entryPoints: readdirSync(`${folder}source/${name}`)
        .filter((file) => file.endsWith(suffix))
        .map((file) => `${folder}source/${name}/${file}`),
      bundle: true,
      format: 'esm',
      target: 'es2022',
      logLevel: 'warning',
      ...options,
    });
  // Programs of Node import packages where they are installed; what a page loads is bundled.
  await bundle('.node.ts', { outdir: built, platform: 'node', packages: 'external' });
  await bundle('.page.ts', { outdir: `${built}/site`, minify: true, sourcemap: true });
  await bundle('.worker.ts', { outdir: `${built}/site`, minify: true, sourcemap: true });
  await stop();
  if (!isAngular && existsSync(`${folder}source/${name}/index.html`)) {
    cpSync(`${folder}source/${name}/index.html`, `${built}/site/index.html`);
    cpSync(`${folder}source/shared/style.css`, `${built}/site/style.css`);
  }
  return `${built}/`;
};

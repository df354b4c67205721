/**
 * Prepares a clone so that its tools can run. It uses plain JavaScript and Node's own modules only, because it runs
 * before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** @param {string} path */
const json = (path) => JSON.parse(readFileSync(`${root}${path}`, 'utf8'));

/** If Node is older than `engines.node` of package.json, prints what to do and ends the process. */
export const requireNode = () => {
  const wanted = json('package.json').engines.node.replace('>=', '');
  const isOlder = wanted.localeCompare(process.versions.node, 'en', { numeric: true }) > 0;
  if (!isOlder) return;
  console.error(
    `rx-realtime needs Node ${wanted} or newer; this is Node ${process.versions.node}. Install a newer one from https://nodejs.org`,
  );
  process.exit(1);
};

/**
 * Whether node_modules has what package-lock.json asks for. npm writes its own lock file there at the end of an
 * install, so an interrupted install does not count.
 */
const isInstalled = () => {
  if (!existsSync(`${root}node_modules/.package-lock.json`)) return false;
  const installed = json('node_modules/.package-lock.json').packages;
  return Object.entries(json('package-lock.json').packages).every(
    // An optional package may be missing, because it may be for another platform.
    ([path, { version, optional }]) =>
      path === '' ||
      optional === true ||
      (installed[path]?.version === version && existsSync(`${root}${path}/package.json`)),
  );
};

/** Installs from the lock file unless that is done, and prints one line about it. */
export const ensureInstalled = () => {
  if (isInstalled()) return;
  console.error('Installing what is missing, as package-lock.json has it (npm ci)');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } =
    npm === undefined
      ? spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  console.error(
    `npm ci failed${error ? `: ${error.message}` : ''}. It needs a network connection to the npm registry; run it again when there is one.`,
  );
  process.exit(status ?? 1);
};

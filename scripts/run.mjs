/**
 * Runs the scripts of package.json: `node scripts/run.mjs <task> [arguments]`. It installs and builds what the task
 * needs, then runs the task in the same process. So there is no process between npm and the program, and Ctrl-C
 * reaches it directly.
 */
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled, requireNode } from './install.mjs';

const root = new URL('../', import.meta.url);
const parent = process.ppid;

/**
 * If a signal stops npm, npm passes it to its shell, which dies without passing it on. So a program under npm ends
 * when its parent ends; otherwise a server would stay behind.
 */
const endWithParent = () => {
  if (process.env.npm_lifecycle_event === undefined) return;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
};

/** @param {string} path @param {string[]} args */
const become = async (path, args) => {
  const file = isAbsolute(path) ? path : fileURLToPath(new URL(path, root));
  endWithParent();
  process.argv = [process.argv[0], file, ...args];
  if (path.endsWith('.ts')) (await import('tsx/esm/api')).register();
  await import(pathToFileURL(file).href);
};

/** @param {{ readonly force?: boolean }} [options] */
const build = async (options) => {
  const { build } = await import('./build.mjs');
  build(options);
};

/** @type {Record<string, (args: string[]) => Promise<void>>} */
const tasks = {
  build: () => build({ force: true }),
  tour: async (args) => {
    await build();
    await become('tour/main.ts', args);
  },
  serve: async (args) => {
    await build();
    await become('dist/server/cli.js', args);
  },
  example: async ([name, ...args]) => {
    const { examples, prepare } = await import('./example.mjs');
    if (!examples.includes(name)) {
      console.error(`No example "${name}"; there are: ${examples.join(', ')}`);
      process.exit(1);
    }
    await build();
    await become(fileURLToPath(new URL('main.node.js', pathToFileURL(await prepare(name)))), args);
  },
  'test:cluster': async (args) => {
    await build();
    await become('node_modules/vitest/vitest.mjs', ['run', '--config', 'vitest.cluster.config.ts', ...args]);
  },
  'test:examples': async (args) => {
    await build();
    await become('node_modules/vitest/vitest.mjs', ['run', '--config', 'vitest.examples.config.ts', ...args]);
  },
  bench: async (options) => {
    const [name, ...args] = (options[0]?.startsWith('--') ?? true) ? ['all', ...options] : options;
    await build();
    // It bundles TypeScript, and measures no time.
    if (name === 'size') return become('bench/size.ts', args);
    const { buildBenches } = await import('./bench-build.mjs');
    buildBenches();
    await become(`.cache/bench/${name}.js`, args);
  },
  soak: (args) => become('test/model/soak.ts', args),
  'soak:server': (args) => become('test/server/soak.ts', args),
  'soak:store': async (args) => {
    await build();
    await become('test/store/soak.ts', args);
  },
  'soak:cluster': async (args) => {
    await build();
    await become('test/cluster/soak.ts', args);
  },
  'soak:import': async (args) => {
    await build();
    await become('test/cli/soak-import.ts', args);
  },
  'soak:lossless': (args) => become('test/backpressure/soak.ts', args),
  mutation: (args) => become('node_modules/@stryker-mutator/core/bin/stryker.js', ['run', ...args]),
  'mutants:delivery': (args) => become('scripts/mutants-delivery.ts', args),
  nodes: async (args) => {
    await build();
    await become('scripts/check-nodes.ts', args);
  },
  platforms: async (args) => {
    await build();
    await become('test/platforms/check.ts', args);
  },
  check: (args) => become('scripts/check.ts', args),
  'docs:site': (args) => become('node_modules/vitepress/bin/vitepress.js', ['build', 'site', ...args]),
  'docs:serve': (args) => become('node_modules/vitepress/bin/vitepress.js', ['dev', 'site', ...args]),
  'test:browser': async (args) => {
    await build();
    process.env.REQUIRE_BROWSER = '1';
    process.env.BROWSER_ALL = '1';
    await become('node_modules/vitest/vitest.mjs', ['run', '--project', 'browser', ...args]);
  },
  test: async (args) => {
    // The thresholds are for the whole suite, so a part of it runs without coverage.
    if (args.length > 0) return become('node_modules/vitest/vitest.mjs', ['run', ...args]);
    // test/packed needs dist/. It is built here, so that the build does not slow down tests that measure time.
    await build();
    await become('node_modules/vitest/vitest.mjs', ['run', '--coverage']);
  },
};

const [name = '', ...args] = process.argv.slice(2);
const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
if (task === undefined) {
  console.error(`No task "${name}"; there are: ${Object.keys(tasks).join(', ')}`);
  process.exit(1);
}
requireNode();
ensureInstalled();
await task(args);

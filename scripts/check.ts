/**
 * `npm run check [step...]`: all checks that do not run the product. Prints one line per step, and stops at the first
 * step that fails, with its output. `--update` writes the API reports and the diagrams of the documentation instead
 * of comparing them.
 */
import { parseArgs } from 'node:util';
import { api } from './checks/api.js';
import { docs } from './checks/docs.js';
import { importEntries } from './checks/imports.js';
import { packed } from './checks/packed.js';
import { peers } from './checks/peers.js';
import { site } from './checks/site.js';
import { size } from './checks/size.js';
import { CheckFailed, execute, root, tool } from './checks/tool.js';
import { translations } from './checks/translations.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { update: { type: 'boolean', default: false } },
});

/** Runs a tool whose output is only needed if it fails. */
const quietly =
  (name: string, ...args: readonly string[]) =>
  async (): Promise<string> => {
    await tool(name, ...args);
    return '';
  };

/** Quick steps that often fail come first. */
const steps: Readonly<Record<string, () => Promise<string>>> = {
  types: async () => {
    await tool('tsc', '-p', 'tsconfig.json');
    // They have a package.json of their own, so their imports of this package need paths.
    await tool('tsc', '-p', 'examples');
    return '';
  },
  format: quietly('prettier', '--check', '--log-level=warn', '.'),
  lint: quietly('eslint', '--max-warnings=0', '.'),
  unused: quietly('knip', '--treat-config-hints-as-errors'),
  docs: () => docs(values.update),
  chinese: () => Promise.resolve(translations()),
  site,
  build: async () => {
    await execute(process.execPath, ['scripts/run.mjs', 'build']);
    return '';
  },
  imports: async () => {
    await importEntries(root);
    return '';
  },
  package: packed,
  api: () => api(values.update),
  size,
  peers,
};

/** The steps that read dist/. */
const built = ['imports', 'package', 'api', 'size', 'peers'];

const unknown = positionals.filter((name) => !Object.hasOwn(steps, name));
if (unknown.length > 0) {
  console.error(`No step ${unknown.join(', ')}; there are: ${Object.keys(steps).join(', ')}`);
  process.exit(1);
}
const wanted =
  positionals.length === 0
    ? Object.keys(steps)
    : Object.keys(steps).filter(
        (name) =>
          positionals.includes(name) || (name === 'build' && positionals.some((other) => built.includes(other))),
      );

for (const name of wanted) {
  const started = performance.now();
  try {
    const result = (await steps[name]?.()) ?? '';
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${name.padEnd(8)} ok ${seconds.padStart(5)} s  ${result}`.trimEnd());
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    console.log(`${name.padEnd(8)} FAILED\n${error.message}`);
    process.exit(1);
  }
}

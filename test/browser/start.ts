/**
 * Starts one Chromium for all tests that need one, and bundles the page that they open: from dist/, by the name of the
 * package, as a user's bundler does it. Without a Chromium these tests are skipped; with `REQUIRE_BROWSER=1` that is an
 * error.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { freshDist } from '../../scripts/checks/packed.js';
import { ARGS, executablePath } from './launch.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of the Chromium; empty if there is none. */
    readonly chromium: string;
    /** The files of the page: their names and contents. */
    readonly program: readonly (readonly [name: string, content: string])[];
  }
}

const MISSING = 'no Chromium found: install one, or name it in the variable CHROMIUM';

const program = async (): Promise<readonly (readonly [string, string])[]> => {
  const { outputFiles } = await build({
    entryPoints: { chat: fileURLToPath(new URL('./pages/chat.ts', import.meta.url)) },
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    outdir: '/',
  });
  return outputFiles.map(({ path, text }) => [path, text]);
};

const start = async ({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> => {
  if (executablePath === undefined) {
    if (process.env['REQUIRE_BROWSER'] === '1') throw new Error(MISSING);
    process.stderr.write(`The tests in a browser are skipped: ${MISSING}.\n`);
    provide('chromium', '');
    provide('program', []);
    return undefined;
  }
  await freshDist();
  const [browser, files] = await Promise.all([
    chromium.launchServer({
      executablePath,
      args: ARGS,
      // Users have it.
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    }),
    program(),
  ]);
  provide('chromium', browser.wsEndpoint());
  provide('program', files);
  return () => browser.close();
};
export default start;

/** Compiles the benchmarks to plain JavaScript, so that they run in plain Node, as an application does. */
import { buildSync } from 'esbuild';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../bench/', import.meta.url));

/**
 * Compiles each file of bench/ for itself to `.cache/bench/` of a checkout of this package. There, `rx-realtime` is
 * the package that was built in that checkout. Returns the folder.
 *
 * @param {string} root the folder of the checkout
 */
export const buildBenches = (root = fileURLToPath(new URL('../', import.meta.url))) => {
  const outdir = `${root.replace(/\/$/, '')}/.cache/bench/`;
  buildSync({
    entryPoints: readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((path) => /(?<!\.d)\.[jt]s$/.test(path))
      .map((path) => `${sources}${path}`),
    outbase: sources,
    outdir,
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  return outdir;
};

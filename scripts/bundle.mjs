/**
 * Bundles for Node what package.json names below `dist/bundled/`, with the small packages that it depends on. Node
 * then reads a few files instead of hundreds, which is most of the time that an import takes. All entries share one
 * bundle, so that a class or a state is there once whichever entry it is imported from.
 */
import { buildSync } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import { licencesOf } from './licences.mjs';

const BUNDLED = './dist/bundled/';
/** Not bundled, since it depends on its own files: it may load native parts. */
const KEPT = ['ws'];
/**
 * A thread has a bundle of its own: one file, which a program that bundles this package can take along. It ends in
 * `.mjs`, so that it runs in any folder, whatever the `type` of its package.json is.
 */
const THREAD = 'server/store/sqlite/worker.js';
/** This module finds the thread by its own place, and so has to be beside it. */
const PLACED = 'server/store/sqlite/worker-file.js';

/** @param {string} root @param {string} target where dist/ is built */
export const bundle = (root, target) => {
  const { exports, bin, peerDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const named = [...Object.values(exports).map(({ node }) => node), ...Object.values(bin).map((path) => `./${path}`)];
  const options = {
    outbase: target,
    outdir: `${target}/bundled`,
    absWorkingDir: root,
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // The ES modules of packages that have both are smaller, since what is unused can be left out.
    mainFields: ['module', 'main'],
    // The bundle has the folders of dist/, and so esbuild names a module of dist/ by its place in the bundle.
    external: [...Object.keys(peerDependencies), ...KEPT, `${target}/${PLACED}`],
    legalComments: 'none',
    logLevel: 'warning',
  };
  const inputs = [
    {
      entryPoints: named.flatMap((path) =>
        path?.startsWith(BUNDLED) ? [`${target}/${path.slice(BUNDLED.length)}`] : [],
      ),
      splitting: true,
      chunkNames: 'shared/[name]-[hash]',
    },
    { entryPoints: [`${target}/${THREAD}`], outExtension: { '.js': '.mjs' } },
  ].map((part) => buildSync({ ...options, ...part }).metafile.inputs);
  const placed = readFileSync(`${target}/${PLACED}`, 'utf8');
  writeFileSync(`${target}/bundled/${PLACED}`, placed.replace('./worker.js', './worker.mjs'));
  writeFileSync(`${target}/bundled/LICENSES.txt`, licencesOf(root, ...inputs));
};

/** The public entries of the package, from `exports` of package.json. Every tool that needs the list uses this one. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./entries.d.mts').Entry} Entry */
/** @typedef {{ types: string, default: string, node?: string }} Target */
/** @typedef {{ name: string, exports: Record<string, string | Target> }} Manifest */

/** @type {(manifest: Manifest) => readonly Entry[]} */
const entriesOf = ({ name, exports }) =>
  Object.entries(exports).flatMap(([path, target]) => {
    // A plain path is a file that can be read, such as package.json, not a module.
    if (typeof target === 'string') return [];
    const source = (target.node ?? target.default).replace(/^\.\/dist\/(bundled\/)?/, '').replace(/\.js$/, '.ts');
    return [
      {
        specifier: name + path.slice(1),
        name: path === '.' ? name : path.slice(2),
        source,
        folder: source.slice(0, source.indexOf('/')),
        types: target.types.slice(2),
      },
    ];
  });

/** @type {Manifest} */
const manifest = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'));

export const entries = entriesOf(manifest);

export const folders = [...new Set(entries.map(({ folder }) => folder))];

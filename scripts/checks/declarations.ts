/**
 * The declarations of dist/ as a user's compiler sees them: one entry imports what another exports by the name of
 * that entry.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { entries } from '../entries.mjs';
import { cache, root } from './tool.js';

const dist = `${root}dist/`;
const staged = `${cache}declarations/`;

/** `dist/codecs/index.js` to `rx-realtime/codecs`. */
const specifiers = new Map(
  entries.map(({ types, specifier }) => [resolve(root, types).replace(/\.d\.ts$/, '.js'), specifier]),
);

const folderOf = (path: string): string | undefined => relative(dist, path).split('/')[0];

/** A declaration file whose imports of other entries are by their names. */
const withEntryNames = (path: string): string =>
  readFileSync(path, 'utf8').replace(
    /(from |import\()(['"])(\.[^'"]+)\2/g,
    (whole, keyword: string, quote: string, target: string) => {
      const imported = resolve(dirname(path), target);
      const specifier = specifiers.get(imported);
      return specifier === undefined || folderOf(imported) === folderOf(path)
        ? whole
        : `${keyword}${quote}${specifier}${quote}`;
    },
  );

/**
 * Writes them beneath .cache/, with the package itself among its dependencies, and gives where the declarations of a
 * path of dist/ are.
 */
export const stageDeclarations = (): ((types: string) => string) => {
  rmSync(staged, { recursive: true, force: true });
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'));
  for (const file of files) {
    const target = join(staged, 'dist', file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, withEntryNames(join(dist, file)));
  }
  // A name of its own: a package that imports itself would get its own files, as if they were no other entry's.
  writeFileSync(join(staged, 'package.json'), JSON.stringify({ name: 'declarations', type: 'module' }));
  const installed = join(staged, 'node_modules/rx-realtime');
  cpSync(join(staged, 'dist'), join(installed, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(installed, 'package.json'));
  return (types) => join(staged, 'dist', relative(dist, join(root, types)));
};

/**
 * The declarations of dist/ as a user's compiler sees them. An entry imports the types of another entry by that
 * entry's name.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { entries } from '../entries.mjs';
import { cache, root } from './tool.js';

const dist = `${root}dist/`;
const staged = `${cache}declarations/`;

/** Maps `dist/codecs/index.js` to `rx-realtime/codecs`. */
const specifiers = new Map(
  entries.map(({ types, specifier }) => [resolve(root, types).replace(/\.d\.ts$/, '.js'), specifier]),
);

const folderOf = (path: string): string | undefined => relative(dist, path).split('/')[0];

/** A declaration file that imports other entries by their names. */
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
 * Writes the declarations below .cache/, with the package itself among its dependencies. Gives a function from a path
 * in dist/ to the path of its declarations.
 */
export const stageDeclarations = (): ((types: string) => string) => {
  rmSync(staged, { recursive: true, force: true });
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'));
  for (const file of files) {
    const target = join(staged, 'dist', file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, withEntryNames(join(dist, file)));
  }
  // The package has another name here: a package that imports itself would find its own files, which would not look
  // like those of another entry.
  writeFileSync(join(staged, 'package.json'), JSON.stringify({ name: 'declarations', type: 'module' }));
  const installed = join(staged, 'node_modules/rx-realtime');
  cpSync(join(staged, 'dist'), join(installed, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(installed, 'package.json'));
  return (types) => join(staged, 'dist', relative(dist, join(root, types)));
};

/** The files that a page of the documentation shows, bundled as their reader bundles them. */
import { posix } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { root } from '../../scripts/checks/tool.js';
import { blocksOf, pageAt } from '../readme/markdown.js';

/** The files of a page, by name: the first line of each block of TypeScript has it. */
export const shownFiles = (page: string): ReadonlyMap<string, string> =>
  new Map(
    blocksOf(pageAt(page)).flatMap(({ code }) => {
      const [, name] = /^\/\/ (\S+\.tsx?)\n/.exec(code) ?? [];
      return name === undefined ? [] : [[name, code] as const];
    }),
  );

/** Bundles code that imports the files of a page by their names, into one script that sets the global `shown`. */
export const bundleShown = async (
  files: ReadonlyMap<string, string>,
  entry: string,
  modules: ReadonlyMap<string, string> = new Map(),
): Promise<string> => {
  const virtual: Plugin = {
    name: 'shown',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^\./ }, ({ path, importer, namespace }) => {
        const name = posix.join(namespace === 'shown' ? posix.dirname(importer) : '', path).replace(/\.js$/, '.ts');
        return files.has(name) ? { path: name, namespace: 'shown' } : undefined;
      });
      onResolve({ filter: /./ }, ({ path }) => (modules.has(path) ? { path, namespace: 'module' } : undefined));
      onLoad({ filter: /./, namespace: 'shown' }, ({ path }) => ({
        contents: files.get(path) ?? '',
        loader: 'ts',
        resolveDir: root,
      }));
      onLoad({ filter: /./, namespace: 'module' }, ({ path }) => ({ contents: modules.get(path) ?? '', loader: 'js' }));
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    plugins: [virtual],
    external: ['image-size', 'music-metadata'],
    platform: 'neutral',
    conditions: ['react-native', 'browser'],
    mainFields: ['module', 'main'],
    format: 'iife',
    globalName: 'shown',
    target: 'es2018',
    bundle: true,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
};

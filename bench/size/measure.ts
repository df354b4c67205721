/**
 * Measures the download size of a program in a browser: bundled and minified by esbuild with all dependencies,
 * compressed by gzip.
 */
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { EntryLimit } from './limits.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Weight {
  /** Bytes of gzip of the first download. */
  readonly gzip: number;
  /**
   * Minified bytes of each module in the first download. A module is a package, or a folder or file of this package.
   * The heaviest comes first.
   */
  readonly modules: ReadonlyMap<string, number>;
  /** Bytes of gzip of the parts that `import()` downloads later, when they are first used. */
  readonly later: number;
}

/** A file of this folder, or an entry of the package with all its exports. */
export type Program =
  { readonly file: string } | { readonly everythingOf: string; readonly platform?: EntryLimit['platform'] };

/**
 * The module of a path: `dist/src/client/send.js` belongs to `src/client`, `dist/codecs/either.js` is its own module.
 */
const moduleOf = (path: string): string => {
  const inPackage = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (inPackage !== undefined) return inPackage;
  const own = path.replace(/^dist\//, '').split('/');
  return own.slice(0, 2).join('/');
};

/** The part of a bundle that starts the program, and the parts that it imports statically. */
const startOf = (outputs: Metafile['outputs']): ReadonlySet<string> => {
  const entry = Object.keys(outputs).find((path) => path.endsWith('/program.js'));
  const start = new Set(entry === undefined ? [] : [entry]);
  // A set's iteration includes items that are added meanwhile.
  for (const path of start)
    for (const { kind, path: imported, external } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && external !== true) start.add(imported);
  return start;
};

const modulesOf = (outputs: readonly Metafile['outputs'][string][]): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>();
  for (const { inputs } of outputs)
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = moduleOf(path);
      sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
    }
  return new Map([...sizes].filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a));
};

const optionsFor = (program: Program): BuildOptions =>
  'file' in program
    ? { entryPoints: { program: fileURLToPath(new URL(program.file, import.meta.url)) }, platform: 'browser' }
    : {
        stdin: { contents: `export * from '${program.everythingOf}';`, resolveDir: root, sourcefile: 'program.js' },
        entryNames: 'program',
        platform: program.platform === 'node' ? 'node' : 'browser',
      };

/** Bundles dist/ as it is. */
export const measure = async (program: Program): Promise<Weight> => {
  const { outputFiles, metafile } = await build({
    ...optionsFor(program),
    absWorkingDir: root,
    outdir: '.cache/size',
    bundle: true,
    external: ['@angular/*'],
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const start = startOf(metafile.outputs);
  const compressed = outputFiles.map(({ path, contents }) => ({
    isStart: start.has(path.slice(root.length)),
    bytes: gzipSync(contents, { level: 9 }).length,
  }));
  const sum = (isStart: boolean): number =>
    compressed.filter((file) => file.isStart === isStart).reduce((total, { bytes }) => total + bytes, 0);
  return {
    gzip: sum(true),
    later: sum(false),
    modules: modulesOf([...start].flatMap((path) => metafile.outputs[path] ?? [])),
  };
};

/** The three programs that are compared. */
export const compared = {
  small: { file: 'small.ts' },
  all: { everythingOf: 'rx-realtime' },
  leancloud: { file: 'leancloud.ts' },
} as const satisfies Readonly<Record<string, Program>>;

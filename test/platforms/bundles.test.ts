/** What a bundle holds, for each set of conditions that tools have. Nothing is shaken out, as Metro shakes nothing. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { entryLimits } from '../../bench/size/limits.js';
import { freshDist } from '../../scripts/checks/packed.js';
import { root } from '../../scripts/checks/tool.js';
import { entries } from '../../scripts/entries.mjs';

/** The conditions of a tool, and where it looks in packages without `exports`. */
const tools = {
  'React Native': {
    conditions: ['react-native', 'require', 'import'],
    mainFields: ['react-native', 'browser', 'main'],
  },
  'a browser': { conditions: ['browser', 'module', 'import'], mainFields: ['browser', 'module', 'main'] },
  'a web worker': { conditions: ['worker', 'module', 'import'], mainFields: ['browser', 'module', 'main'] },
  workerd: { conditions: ['workerd', 'worker', 'browser', 'import'], mainFields: ['browser', 'module', 'main'] },
  'an edge runtime': { conditions: ['edge-light', 'node', 'import'], mainFields: ['module', 'main'] },
  Deno: { conditions: ['deno', 'node', 'import'], mainFields: ['module', 'main'] },
  Bun: { conditions: ['bun', 'node', 'import'], mainFields: ['module', 'main'] },
  'a tool without conditions': { conditions: ['import'], mainFields: ['module', 'main'] },
} as const;

const everywhere = entries.filter(({ name }) => (entryLimits[name]?.platform ?? 'browser') === 'browser');
// Packages that only who uses them installs: they are judged by themselves.
const optional = ['image-size', 'music-metadata'];

const bundle = async (specifiers: readonly string[], options: object): Promise<Metafile> => {
  const { metafile } = await build({
    stdin: {
      contents: specifiers
        .map((specifier, index) => `export * as entry${String(index)} from '${specifier}';`)
        .join('\n'),
      resolveDir: root,
    },
    absWorkingDir: root,
    external: [...optional, 'node:*'],
    platform: 'neutral',
    format: 'esm',
    bundle: true,
    treeShaking: false,
    metafile: true,
    write: false,
    logLevel: 'silent',
    ...options,
  });
  return metafile;
};

const packagesIn = ({ inputs }: Metafile): ReadonlySet<string> =>
  new Set(Object.keys(inputs).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));

const leftOut = ({ outputs }: Metafile): readonly string[] =>
  Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));

describe.each(Object.entries(tools))('a bundle for %s', (_, options) => {
  let metafile: Metafile;
  beforeAll(async () => {
    await freshDist();
    const specifiers = everywhere.map(({ specifier }) => specifier);
    metafile = await bundle(specifiers, { ...options, mainFields: [...options.mainFields] });
  }, 60_000);

  it('holds RxJS and few others, and neither io-ts nor ws', () => {
    // tslib is in one of the two forms of RxJS.
    const held = [...packagesIn(metafile)].filter((name) => name !== 'tslib').sort();
    expect(held).toEqual(['dequal', 'fp-ts', 'idb', 'rxjs']);
  });

  it('needs no module of Node', () => {
    expect(leftOut(metafile).filter((path) => !optional.includes(path))).toEqual([]);
  });

  it('loads nothing later, apart from packages that may be missing', () => {
    const later = Object.values(metafile.inputs).flatMap(({ imports }) =>
      imports.filter(({ kind }) => kind === 'dynamic-import' || kind === 'require-call').map(({ path }) => path),
    );
    expect(later.filter((path) => !optional.includes(path) && !path.includes('node_modules'))).toEqual([]);
  });
});

describe('a bundle for a browser', () => {
  it('holds ES modules only, so that no tool has to wrap any or to warn of one', async () => {
    const { inputs } = await bundle(
      everywhere.map(({ specifier }) => specifier),
      { conditions: ['browser', 'module', 'import'], mainFields: ['browser', 'module', 'main'] },
    );
    expect(Object.keys(inputs).filter((path) => inputs[path]?.format === 'cjs')).toEqual([]);
  }, 60_000);
});

describe('the files that clients load', () => {
  /** Standard syntax at which the Babel preset of React Native stops: see findings/. */
  const refused = {
    'export * as': /^\s*export \* as /m,
    'a static block': /\bstatic \{/,
    using: /^\s*(?:await )?using \w/m,
  };

  it.each(Object.entries(refused))('have no %s', async (_, syntax) => {
    await freshDist();
    const folders = new Set(everywhere.map(({ folder }) => folder));
    const files = [...folders].flatMap((folder) =>
      readdirSync(`${root}dist/${folder}`, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.js'))
        .map((path) => `${root}dist/${folder}/${path}`),
    );
    expect(files.length).toBeGreaterThan(100);
    const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    expect(files.filter((path) => syntax.test(withoutComments(readFileSync(path, 'utf8'))))).toEqual([]);
  });
});

describe('a bundle for Node', () => {
  it('holds ws, for an own WebSocket of Node can not be paused', async () => {
    const metafile = await bundle(['rx-realtime'], { platform: 'node', treeShaking: true });
    expect(packagesIn(metafile)).toContain('ws');
  }, 60_000);

  it('runs a server as CommonJS, and with a database if the file of the threads is beside it', async () => {
    await freshDist();
    const directory = `${root}.cache/test-bundle/${String(process.pid)}`;
    mkdirSync(directory, { recursive: true });
    try {
      // A folder of CommonJS, as `npm init` makes it.
      writeFileSync(`${directory}/package.json`, '{"type":"commonjs"}');
      const program = `
        import { createRealtime } from 'rx-realtime';
        import { createServer, openSqliteStore } from 'rx-realtime/server';
        import { firstValueFrom } from 'rxjs';
        const talk = async (options) => {
          const server = await createServer({ port: 0, ...options });
          const realtime = createRealtime({ appId: 'demo', server: server.url });
          const tom = await firstValueFrom(realtime.login('Tom'));
          console.log(tom.id);
          realtime.close();
          await server.close();
        };
        const run = async () => {
          await talk({});
          await talk({ store: await openSqliteStore({ directory: __dirname + '/data' }) });
        };
        run();`;
      await build({
        stdin: { contents: program, resolveDir: root },
        absWorkingDir: root,
        outfile: `${directory}/server.cjs`,
        bundle: true,
        platform: 'node',
        external: ['@nats-io/transport-node', '@photostructure/sqlite', 'pg'],
        logLevel: 'silent',
      });
      copyFileSync(`${root}dist/bundled/server/store/sqlite/worker.mjs`, `${directory}/worker.mjs`);
      const said = execFileSync(process.execPath, [`${directory}/server.cjs`], { encoding: 'utf8', timeout: 30_000 });
      expect(said).toBe('Tom\nTom\n');
    } finally {
      rmSync(directory, { recursive: true });
    }
  }, 60_000);
});

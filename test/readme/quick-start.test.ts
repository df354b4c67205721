import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const directory = `${root}.cache/readme/`;

/** The first TypeScript block of a README. */
const quickStart = async (readme: string): Promise<string> => {
  const found = /```ts\n([\s\S]*?)```/.exec(await readFile(`${root}${readme}`, 'utf8'));
  if (found?.[1] === undefined) throw new Error(`${readme} has no block of TypeScript`);
  return found[1];
};

const file = `${directory}quick-start.ts`;

describe('the quick start of the README', () => {
  beforeAll(async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(file, await quickStart('README.md'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('compiles against the types of this package, as strictly as the package itself', () => {
    const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(
      {
        ...config.compilerOptions,
        paths: {
          'rx-realtime': ['./src/index.ts'],
          'rx-realtime/streams': ['./streams/index.ts'],
          'rx-realtime/codecs': ['./codecs/index.ts'],
          'rx-realtime/server': ['./server/index.ts'],
        },
      },
      root,
    );
    const program = ts.createProgram([file], options);
    const problems = ts.getPreEmitDiagnostics(program).filter((diagnostic) => diagnostic.file?.fileName === file);
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  }, 60_000);

  it('S4: prints what the README says it prints', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import(/* @vite-ignore */ file);
    expect(log.mock.calls).toEqual([['Tom: Wake up, mouse!']]);
    log.mockRestore();
  });

  it('is the same in both languages, but for the comments', async () => {
    const code = async (readme: string): Promise<string> => (await quickStart(readme)).replace(/^\s*\/\/.*\n/gm, '');
    expect(await code('README.zh-CN.md')).toBe(await code('README.md'));
  });
});

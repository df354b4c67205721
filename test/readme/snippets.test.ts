/**
 * Every block of TypeScript in the READMEs and in docs/ compiles, apart from those that show a file: they are that
 * file.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entries } from '../../scripts/entries.mjs';
import { ASSUMED } from './assumed.js';
import { blocksOf, root, userPages } from './markdown.js';

const directory = `${root}.cache/snippets/`;
const assumed = `${directory}assumed.d.ts`;

// Pages in Chinese have the code of their originals: a check compares them.
const pages = userPages().filter(({ path }) => !path.startsWith('docs/zh/'));

const snippets = pages.flatMap((page) =>
  blocksOf(page)
    .filter(({ shows }) => shows === undefined)
    .map(({ code, language }, index) => {
      const name = `${page.path} block ${String(index + 1)}`;
      // Files that a page names can import each other.
      const [, named] = /^\/\/ (\S+\.tsx?)\n/.exec(code) ?? [];
      const own = named === undefined ? `${name}.${language}` : `${page.path}/${named}`;
      return { name, code, file: directory + own.replaceAll(/[^\w./-]+/g, '-').replaceAll('.md', '') };
    }),
);

const optionsOfThisProject = (): ts.CompilerOptions => {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      // A snippet may end before it uses everything that it has.
      noUnusedLocals: false,
      jsx: 'react-jsx',
      paths: {
        ...Object.fromEntries(entries.map(({ specifier, source }) => [specifier, [`./${source}`]])),
        'rx-realtime': ['./src/index.ts'],
      },
    },
    root,
  );
  return options;
};

const problemsOf = (program: ts.Program, file: ts.SourceFile | undefined): readonly ts.Diagnostic[] => [
  ...program.getSyntacticDiagnostics(file),
  ...program.getSemanticDiagnostics(file),
];

describe('the snippets of the documentation', () => {
  let problems: ReadonlyMap<string, readonly string[]>;

  beforeAll(async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(assumed, ASSUMED);
    // Each snippet is a module, so that its names are its own.
    for (const { file, code } of snippets) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${code}\nexport {};\n`);
    }
    const program = ts.createProgram([assumed, ...snippets.map(({ file }) => file)], optionsOfThisProject());
    problems = new Map(
      [assumed, ...snippets.map(({ file }) => file)].map((file) => [
        file,
        problemsOf(program, program.getSourceFile(file)).map(({ messageText }) =>
          ts.flattenDiagnosticMessageText(messageText, '\n'),
        ),
      ]),
    );
  }, 120_000);
  afterAll(() => rm(directory, { recursive: true }));

  it('take only names for granted that exist', () => {
    expect(problems.get(assumed)).toEqual([]);
  });

  it.each(snippets)('compile: $name', ({ file }) => {
    expect(problems.get(file)).toEqual([]);
  });
});

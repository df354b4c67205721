/** docs/streams.md, in both languages, against the public API, and against the tests that draw its diagrams. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { placeholdersOf } from '../../scripts/docs/placeholders.js';
import { anchorOf } from '../../scripts/docs/headings.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = await Promise.all(
  ['docs/streams.md', 'docs/zh/streams.md'].map(async (path) => ({
    path,
    page: await readFile(`${root}${path}`, 'utf8'),
  })),
);

const headingsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = '']) => heading);
const firstCellsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^\| (.+?) +\|/gm)].map(([, cell = '']) => cell);
const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code.replace(/\(.*$/, ''));

const parse = (name: string, source: string): ts.SourceFile =>
  ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);

/** The declarations of an API report. */
const report = async (name: string): Promise<ts.SourceFile> => {
  const text = await readFile(`${root}api/${name}.api.md`, 'utf8');
  return parse(`${name}.ts`, /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
};

/** Functions and operators that an entry exports; classes are errors, and objects are codecs and message types. */
const functionsOf = async (name: string): Promise<readonly string[]> =>
  (await report(name)).statements
    .filter(
      (statement) =>
        ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
    )
    .flatMap((statement) =>
      ts.isVariableStatement(statement)
        ? statement.declarationList.declarations.map((each) => each.name.getText())
        : [],
    );

/** Functions of the root entry that return a stream or a command, such as `timeline(conversation)`. */
const functionsOfHandles = async (): Promise<readonly string[]> =>
  (await report('rx-realtime')).statements.flatMap((statement) => {
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations
      .filter(({ type }) => /=> (?:Observable|AsyncIterable)</.test(type?.getText() ?? ''))
      .map(({ name }) => name.getText());
  });

/** Members of an interface that are streams, or give some. */
const streamsOf = async (interfaceName: string): Promise<readonly string[]> => {
  const found = (await report('rx-realtime')).statements.find(
    (each) => ts.isInterfaceDeclaration(each) && each.name.text === interfaceName,
  );
  if (found === undefined || !ts.isInterfaceDeclaration(found))
    throw new Error(`there is no interface ${interfaceName}`);
  return found.members
    .filter((member) => /\b(?:Observable|AsyncIterable)</.test(member.getText()))
    .map((member) => member.name?.getText() ?? '');
};

describe.each(pages)('$path', ({ page }) => {
  const headings = headingsOf(page);
  /** What has a heading or the first cell of a row: `client.unread$`, `keyedState`. */
  const documented = new Set([...headings, ...firstCellsOf(page)].flatMap(codeIn));

  it('has every operator and function of rx-realtime/streams', async () => {
    const names = await functionsOf('streams');
    expect(names).toContain('keyedState');
    const missing = names.filter((name) => !documented.has(name));
    expect(missing).toEqual([]);
  });

  it.each(['Realtime', 'Client', 'Conversation', 'Room'])(
    'has a heading or a row for each stream and command of a %s',
    async (owner) => {
      const names = (await streamsOf(owner)).map((name) => `${owner.toLowerCase()}.${name}`);
      expect(names).not.toEqual([]);
      expect(names.filter((name) => !documented.has(name))).toEqual([]);
    },
  );

  it('has a heading or a row for each function of rx-realtime that returns a stream or a command', async () => {
    const names = await functionsOfHandles();
    expect(names).toContain('timeline');
    expect(names.filter((name) => !documented.has(name))).toEqual([]);
  });

  it('names nothing that is not there', async () => {
    const owners = await Promise.all(
      ['Realtime', 'Client', 'Conversation', 'Room'].map(async (owner) =>
        (await streamsOf(owner)).map((name) => `${owner.toLowerCase()}.${name}`),
      ),
    );
    const known = new Set(owners.flat());
    expect(
      [...documented].filter((name) => /^(?:realtime|client|conversation|room)\./.test(name) && !known.has(name)),
    ).toEqual([]);
  });

  it('has a contents that leads to every section', () => {
    const [own = '', ...others] = headings;
    const contents = page.slice(page.indexOf(`## ${own}`), page.indexOf(`## ${others[0] ?? ''}`));
    expect(others.map(anchorOf).filter((anchor) => !contents.includes(`(#${anchor})`))).toEqual([]);
  });
});

/** The full names of the tests of a file, as vitest has them; those of `it.each` are left out. */
const testsOf = async (file: string): Promise<ReadonlySet<string>> => {
  const names = new Set<string>();
  const visit = (node: ts.Node, path: readonly string[]): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      /^(?:describe|it|test)$/.test(node.expression.text)
    ) {
      const [title] = node.arguments;
      const named = title !== undefined && ts.isStringLiteralLike(title) ? [...path, title.text] : path;
      if (node.expression.text !== 'describe') names.add(named.join(' > '));
      ts.forEachChild(node, (child) => {
        visit(child, named);
      });
      return;
    }
    ts.forEachChild(node, (child) => {
      visit(child, path);
    });
  };
  visit(parse(file, await readFile(`${root}${file}`, 'utf8')), []);
  return names;
};

describe.each(pages)('the diagrams of $path', ({ path, page }) => {
  const placeholders = placeholdersOf(page, path);

  it('are of tests that there are', async () => {
    const files = [...new Set(placeholders.map(({ testFile }) => testFile))].filter((file) =>
      existsSync(`${root}${file}`),
    );
    const tests = new Map(await Promise.all(files.map(async (file) => [file, await testsOf(file)] as const)));
    const lost = placeholders.filter(({ testFile, test }) => tests.get(testFile)?.has(test) !== true);
    expect(lost.map(({ line, testFile, test }) => `${path}:${line} ${testFile} > ${test}`)).toEqual([]);
  });

  it('are there, each once', () => {
    const named = placeholders.map(({ testFile, test }) => `${testFile} > ${test}`);
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
    const blocks = [
      ...page.matchAll(/<!-- diagram: .+ -->\n\n.+\[.+\]\(.+\).+\n\n```text\n[\s\S]+?```\n\n<!-- \/diagram -->/g),
    ];
    expect(blocks).toHaveLength(placeholders.length);
  });
});

it('docs/streams.md has the same diagrams in each language', () => {
  const [english = [], ...others] = pages.map(({ path, page }) =>
    placeholdersOf(page, path).map(({ testFile, test, names }) => ({ testFile, test, names })),
  );
  expect(others).not.toEqual([]);
  for (const other of others) expect(other).toEqual(english);
});

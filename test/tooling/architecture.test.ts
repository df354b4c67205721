/**
 * docs/architecture.md against the sources: each hop's file exists, and is connected with an earlier hop as the page
 * says.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Hop {
  readonly number: number;
  readonly file: string;
  /** How the page says that it is connected: `imports hop 3`, `imported by hop 3`; empty for the first. */
  readonly connected: string;
}

interface Way {
  readonly title: string;
  readonly hops: readonly Hop[];
}

const cellsOf = (row: string): readonly string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The ways that the page describes: each section that has a table of hops. */
const ways: readonly Way[] = readFileSync(`${root}docs/architecture.md`, 'utf8')
  .split(/^## /m)
  .slice(1)
  .map((section) => ({
    title: section.slice(0, section.indexOf('\n')),
    hops: [...section.matchAll(/^\| \d.*$/gm)].map(([row]) => {
      const [number = '', file = '', connected = ''] = cellsOf(row);
      return { number: Number(number), file: file.replaceAll('`', ''), connected };
    }),
  }));

const sources = new Map<string, ts.SourceFile>();
const parsed = (file: string): ts.SourceFile => {
  const known = sources.get(file);
  if (known !== undefined) return known;
  const source = ts.createSourceFile(file, readFileSync(`${root}${file}`, 'utf8'), ts.ScriptTarget.Latest, true);
  sources.set(file, source);
  return source;
};

/** The file of the project that a relative import means. */
const fileOf = (importer: string, specifier: ts.Expression | undefined): string | undefined =>
  specifier !== undefined && ts.isStringLiteral(specifier) && specifier.text.startsWith('.')
    ? join(dirname(importer), specifier.text).replace(/\.js$/, '.ts')
    : undefined;

const declares = (statement: ts.Statement, name: string): boolean => {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.some((each) => each.name.getText() === name);
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  return (isNamed || isType) && statement.name?.text === name;
};

/** The file that declares what a file exports under a name, behind any number of files that pass it on. */
const originOf = (file: string, name: string): string | undefined => {
  if (!existsSync(`${root}${file}`)) return undefined;
  const { statements } = parsed(file);
  if (statements.some((statement) => declares(statement, name))) return file;
  for (const statement of statements) {
    if (!ts.isExportDeclaration(statement)) continue;
    const target = fileOf(file, statement.moduleSpecifier);
    if (target === undefined) continue;
    const { exportClause } = statement;
    if (exportClause === undefined) {
      const origin = originOf(target, name);
      if (origin !== undefined) return origin;
    } else if (ts.isNamedExports(exportClause)) {
      const found = exportClause.elements.find((element) => element.name.text === name);
      if (found !== undefined) return originOf(target, (found.propertyName ?? found.name).text);
    }
  }
  return undefined;
};

/** The files that a file imports something of: values or types, directly or by way of an index. */
const importsOf = (file: string): ReadonlySet<string> => {
  const imported = parsed(file)
    .statements.filter(ts.isImportDeclaration)
    .flatMap((statement) => {
      const target = fileOf(file, statement.moduleSpecifier);
      const bindings = statement.importClause?.namedBindings;
      if (target === undefined) return [];
      if (bindings === undefined || !ts.isNamedImports(bindings)) return [target];
      return bindings.elements.map((element) => originOf(target, (element.propertyName ?? element.name).text));
    });
  return new Set(imported.filter((origin) => origin !== undefined));
};

const isConnected = ({ file, connected }: Hop, hops: readonly Hop[]): boolean => {
  const [, direction, number] = /^(imports|imported by) hop (\d+)$/.exec(connected) ?? [];
  const other = hops.find((hop) => hop.number === Number(number));
  if (other === undefined) return false;
  return direction === 'imports' ? importsOf(file).has(other.file) : importsOf(other.file).has(file);
};

describe('docs/architecture.md', () => {
  it('follows one frame in, to messages$, and one command out, to the socket', () => {
    expect(ways.map(({ title }) => title)).toEqual(['One frame in', 'One command out']);
    const [inwards, outwards] = ways.map(({ hops }) => hops.map(({ file }) => file));
    expect([inwards?.at(0), inwards?.at(-1)]).toEqual(['src/connection/socket.ts', 'src/client/held-messages.ts']);
    expect([outwards?.at(0), outwards?.at(-1)]).toEqual([
      'src/client/conversation/conversation-handle.ts',
      'src/connection/socket.ts',
    ]);
  });

  it('is one page', () => {
    expect(readFileSync(`${root}docs/architecture.md`, 'utf8').split('\n').length).toBeLessThan(80);
  });

  describe.each(ways)('$title', ({ hops }) => {
    it('numbers its hops in order', () => {
      expect(hops.map(({ number }) => number)).toEqual(hops.map((_, index) => index + 1));
    });

    it.each(hops)('names a file that exists: $file', ({ file }) => {
      expect(existsSync(`${root}${file}`)).toBe(true);
    });

    it.each(hops.slice(1))('connects hop $number, $file, with a hop before it: $connected', (hop) => {
      expect(isConnected(hop, hops.slice(0, hop.number - 1))).toBe(true);
    });
  });

  it('would not pass with a connection that is not there, or in the other direction', () => {
    const socket: Hop = { number: 1, file: 'src/connection/socket.ts', connected: '' };
    const connection = 'src/connection/create-connection.ts';
    expect(isConnected({ number: 2, file: connection, connected: 'imports hop 1' }, [socket])).toBe(true);
    expect(isConnected({ number: 2, file: connection, connected: 'imported by hop 1' }, [socket])).toBe(false);
    expect(isConnected({ number: 2, file: 'streams/messages.ts', connected: 'imports hop 1' }, [socket])).toBe(false);
    expect(isConnected({ number: 2, file: connection, connected: 'imports hop 2' }, [socket])).toBe(false);
  });
});

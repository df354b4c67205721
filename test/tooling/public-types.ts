/** The public entries of the package as the TypeScript compiler sees them. */
import ts from 'typescript';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
};

/** The source of each entry: `./dist/codecs/index.d.ts` is made of `codecs/index.ts`. */
const sources = Object.entries(exports).flatMap(([path, target]) =>
  typeof target === 'string'
    ? []
    : [
        {
          entry: `rx-realtime${path.slice(1)}`,
          file: root + target.types.replace('./dist/', '').replace('.d.ts', '.ts'),
        },
      ],
);

const optionsOfProject = (): ts.CompilerOptions => {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${root}tsconfig.json`,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  if (config === undefined) throw new Error('tsconfig.json could not be read');
  return config.options;
};

export interface PublicTypes {
  readonly checker: ts.TypeChecker;
  /** The names that each entry exports, with what they stand for. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, ts.Symbol>>;
}

/** Reads the sources, which takes seconds and some hundred megabytes: keep it no longer than needed. */
export const publicTypes = (): PublicTypes => {
  const program = ts.createProgram({ rootNames: sources.map(({ file }) => file), options: optionsOfProject() });
  const checker = program.getTypeChecker();
  const original = (symbol: ts.Symbol): ts.Symbol =>
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  const entries = sources.map(({ entry, file }) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} is no module`);
    return [
      entry,
      new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, original(symbol)])),
    ] as const;
  });
  return { checker, entries: new Map(entries) };
};

/**
 * SQLite with the programming interface of `node:sqlite`: the module itself where Node has it, or else the package
 * `@photostructure/sqlite`, which has the same interface.
 */

/** What a parameter may be. Booleans are numbers. */
export type Value = null | number | bigint | string | Uint8Array;
/** The part of a statement that the store uses. The values are those of the parameters `?1`, `?2` and so on. */
export interface Statement {
  all(...values: readonly Value[]): unknown[];
  get(...values: readonly Value[]): unknown;
  run(...values: readonly Value[]): { readonly changes: number | bigint };
}

/** The part of a database that the store uses. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** The part of the module that the store uses. */
export interface Sqlite {
  readonly DatabaseSync: new (path: string, options?: { readonly readOnly?: boolean }) => Database;
}

/** Not a constant type, since the types of Node 20 don't know the module. */
const BUILT_IN = ['node', 'sqlite'].join(':');
const PACKAGE = '@photostructure/sqlite';

const isSqlite = (module: unknown): module is Sqlite =>
  typeof module === 'object' && module !== null && 'DatabaseSync' in module;

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

/**
 * The module of this Node; undefined if it has none. Node 22 warns that the module is experimental whenever a thread
 * loads it. An operator can't do anything about that, so this one warning is left out.
 */
const builtIn = (): unknown => {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule(BUILT_IN);
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** SQLite of this Node, or of the package. Rejects with an error that says what to install if there is neither. */
export const loadSqlite = async (): Promise<Sqlite> => {
  const module = builtIn();
  if (isSqlite(module)) return module;
  try {
    return await import('@photostructure/sqlite');
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Error(
      `Node ${process.versions.node} has no SQLite: use Node 22.13 or later, or run "npm install ${PACKAGE}@1"`,
      { cause: error },
    );
  }
};

/** The first version of each line in which two connections of a database can't lose a commit of each other. */
const FIXED: readonly (readonly [number, number, number])[] = [
  [3, 44, 6],
  [3, 50, 7],
  [3, 51, 3],
];

/** Whether a connection may read while another one writes. Older versions could lose what was committed. */
export const mayReadBeside = (version: string): boolean => {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const fix = FIXED.find(([, line]) => line === minor);
  return major > 3 || minor > 51 || (fix !== undefined && patch >= fix[2]);
};

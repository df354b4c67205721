/** A connection to the database, and its statements. Each is prepared once. */
import type { Database, Parameters, Row, Statement, Value } from './driver.js';
import { fromText, toText } from './text.js';

/** What a parameter may be; undefined is NULL. */
type Parameter = string | number | boolean | Uint8Array | undefined;

export interface Connection {
  /** The rows of a query. */
  readonly all: (sql: string, ...parameters: readonly Parameter[]) => readonly Row[];
  /** The first row; undefined if there is none. */
  readonly one: (sql: string, ...parameters: readonly Parameter[]) => Row | undefined;
  /** Runs a statement. Gives the number of rows that it has changed. */
  readonly run: (sql: string, ...parameters: readonly Parameter[]) => number;
  readonly exec: (sql: string) => void;
  readonly close: () => void;
}

const valueOf = (parameter: Parameter): Value => {
  if (parameter === undefined) return null;
  if (typeof parameter === 'string') return toText(parameter);
  // SQLite of Node 22 stores some arrays without bytes as NULL. `maybeBytes` reads an empty text as bytes.
  if (parameter instanceof Uint8Array && parameter.length === 0) return '';
  return typeof parameter === 'boolean' ? Number(parameter) : parameter;
};

const valuesOf = (parameters: readonly Parameter[]): Parameters =>
  Object.fromEntries(parameters.map((parameter, index) => [index + 1, valueOf(parameter)]));

export const connect = (database: Database): Connection => {
  const statements = new Map<string, Statement>();

  const statement = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = database.prepare(sql);
    statements.set(sql, made);
    return made;
  };

  return {
    all: (sql, ...parameters) => statement(sql).all(valuesOf(parameters)) as Row[],
    one: (sql, ...parameters) => statement(sql).get(valuesOf(parameters)) as Row | undefined,
    run: (sql, ...parameters) => Number(statement(sql).run(valuesOf(parameters)).changes),
    exec: (sql) => {
      database.exec(sql);
    },
    close: () => {
      // A statement may keep the file open.
      statements.clear();
      database.close();
    },
  };
};

const wrong = (row: Row, column: string): TypeError =>
  new TypeError(`the column ${column} has ${typeof row[column]} where the store can't have written it`);

/** A text of a row; undefined if it is NULL. */
export const maybeText = (row: Row, column: string): string | undefined => {
  const value = row[column];
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'string') throw wrong(row, column);
  return fromText(value);
};

export const text = (row: Row, column: string): string => {
  const value = maybeText(row, column);
  if (value === undefined) throw wrong(row, column);
  return value;
};

/** A number of a row; undefined if it is NULL. */
export const maybeNumber = (row: Row, column: string): number | undefined => {
  const value = row[column];
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'number') throw wrong(row, column);
  return value;
};

export const number = (row: Row, column: string): number => {
  const value = maybeNumber(row, column);
  if (value === undefined) throw wrong(row, column);
  return value;
};

export const flag = (row: Row, column: string): boolean => number(row, column) !== 0;

/** Bytes of a row; undefined if it is NULL. */
export const maybeBytes = (row: Row, column: string): Uint8Array | undefined => {
  const value = row[column];
  if (value === null || value === undefined) return undefined;
  if (value === '') return new Uint8Array();
  if (!(value instanceof Uint8Array)) throw wrong(row, column);
  return value;
};

/** A list of ids as a parameter: the statement reads it with `json_each`. */
export const listOf = (ids: readonly string[]): string => JSON.stringify(ids.map(toText));

/** The ids of a column with a list. */
export const maybeList = (row: Row, column: string): readonly string[] | undefined => {
  const value = row[column];
  if (value === null || value === undefined) return undefined;
  const list: unknown = typeof value === 'string' ? JSON.parse(value) : undefined;
  if (!Array.isArray(list)) throw wrong(row, column);
  return list.map((id: unknown) => fromText(String(id)));
};

/** The result of a statement that counts. */
export const count = (row: Row | undefined): number => (row === undefined ? 0 : number(row, 'count'));

/** A limit as a parameter: a negative one is none, and it has to be a whole number that SQLite can have. */
export const limitOf = (limit: number): number => (limit < Number.MAX_SAFE_INTEGER ? Math.ceil(limit) : -1);

/** Reads the whole database, and throws if it is damaged. */
export const checkIntegrityOf = ({ all }: Connection): void => {
  const found = all('pragma integrity_check(10)').map((row) => text(row, 'integrity_check'));
  if (found.length !== 1 || found[0] !== 'ok') throw new Error(`the database is damaged: ${found.join('; ')}`);
};

/** The version of SQLite. */
export const versionOf = ({ one }: Connection): string =>
  text(one('select sqlite_version() as version') ?? {}, 'version');

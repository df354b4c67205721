/** Columns of rows, and lists of ids as parameters. */
import { fromText, toText } from './text.js';

/** What a column has. Booleans may be numbers. */
type Value = null | number | bigint | string | boolean | Uint8Array;
export type Row = Readonly<Record<string, Value>>;

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

export const flag = (row: Row, column: string): boolean => {
  const value = row[column];
  return typeof value === 'boolean' ? value : number(row, column) !== 0;
};

/** Bytes of a row; undefined if it is NULL. */
export const maybeBytes = (row: Row, column: string): Uint8Array | undefined => {
  const value = row[column];
  if (value === null || value === undefined) return undefined;
  // SQLite keeps bytes without any as an empty text: see its connection.
  if (value === '') return new Uint8Array();
  if (!(value instanceof Uint8Array)) throw wrong(row, column);
  return value;
};

/** A list of ids as a parameter: an array in JSON. */
export const listOf = (ids: readonly string[]): string => JSON.stringify(ids.map(toText));

/** Rows as a parameter: arrays in an array in JSON. Flags are 0 or 1. */
export const rowsOf = (rows: readonly (readonly (string | number | boolean | undefined)[])[]): string =>
  JSON.stringify(
    rows.map((row) =>
      row.map((value) => {
        if (typeof value === 'string') return toText(value);
        return typeof value === 'boolean' ? Number(value) : value;
      }),
    ),
  );

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

/** A limit as a parameter: a whole number that a database can have. */
export const limitOf = (limit: number): number => Math.max(0, Math.min(Math.ceil(limit), Number.MAX_SAFE_INTEGER));

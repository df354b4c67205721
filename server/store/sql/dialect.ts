/** What two databases say in different words. */
export interface Dialect {
  /** The elements of an array in JSON, as a table `name` with the columns `value` and `key`, which is the place. */
  readonly each: (json: string, name: string) => string;
  /** Rows, which are arrays in an array in JSON, as a table `name`. */
  readonly rows: (json: string, name: string) => string;
  /** What is at a place of a row of such a table, from 0. */
  readonly part: (name: string, place: number) => string;
  /** An array in JSON of the values of a column. */
  readonly list: (column: string) => string;
  readonly greatest: string;
  readonly least: string;
  /** Whether a condition is true for any row. */
  readonly any: (condition: string) => string;
  /** A join whose left side is read first, where the database has to be told. */
  readonly join: string;
  /** Names the index that a table is read by, where the database has to be told. */
  readonly by: (index: string) => string;
  /** Stands behind a limit that is none, and before an offset. */
  readonly unlimited: string;
  /** Locks the rows of a select, except those that others have locked. */
  readonly lock: string;
}

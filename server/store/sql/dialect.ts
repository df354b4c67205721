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
  /** The rows of a select that have an id. `time`: the one in the id, or NULL. The select has messages `m`. */
  readonly withId: (select: string, id: string, time: string) => string;
  /** The column that says whether the id of a message has its time, after the other columns; empty if there is none. */
  readonly idHasTime: string;
  /** Its value, after the other values. */
  readonly idHasTimeOf: (value: string) => string;
  /** Stands behind a limit that is none, and before an offset. */
  readonly unlimited: string;
  /** Locks the rows of a select, except those that others have locked. */
  readonly lock: string;
}

/** A connection to the database, and its statements. Each is prepared once. */
import { text, type Row } from '../sql/columns.js';
import type { Answer, Parameter, Query } from '../sql/steps.js';
import { toText } from '../sql/text.js';
import type { Database, Statement, Value } from './driver.js';

export interface Connection {
  /** The rows of a query. */
  readonly all: (sql: string, ...parameters: readonly Parameter[]) => readonly Row[];
  /** The first row; undefined if there is none. */
  readonly one: (sql: string, ...parameters: readonly Parameter[]) => Row | undefined;
  /** Runs a statement. Gives the number of rows that it has changed. */
  readonly run: (sql: string, ...parameters: readonly Parameter[]) => number;
  /** Carries one step of a call out. */
  readonly ask: (query: Query) => Answer;
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

/** `?1` instead of `$1`: such parameters are given by their places, which is faster than by their names. */
const byPlace = (sql: string): string => sql.replaceAll(/\$(?=\d)/g, '?');

export const connect = (database: Database): Connection => {
  const statements = new Map<string, Statement>();

  const statement = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = database.prepare(byPlace(sql));
    statements.set(sql, made);
    return made;
  };

  const all: Connection['all'] = (sql, ...parameters) => statement(sql).all(...parameters.map(valueOf)) as Row[];
  const one: Connection['one'] = (sql, ...parameters) =>
    statement(sql).get(...parameters.map(valueOf)) as Row | undefined;
  const run: Connection['run'] = (sql, ...parameters) => Number(statement(sql).run(...parameters.map(valueOf)).changes);

  return {
    all,
    one,
    run,
    ask: ({ sql, parameters, wants }) => {
      if (wants === 'run') return { rows: [], changes: run(sql, ...parameters) };
      if (wants === 'all') return { rows: all(sql, ...parameters), changes: 0 };
      const row = one(sql, ...parameters);
      return { rows: row === undefined ? [] : [row], changes: 0 };
    },
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

/** Reads the whole database, and throws if it is damaged. */
export const checkIntegrityOf = ({ all }: Connection): void => {
  const found = all('pragma integrity_check(10)').map((row) => text(row, 'integrity_check'));
  if (found.length !== 1 || found[0] !== 'ok') throw new Error(`the database is damaged: ${found.join('; ')}`);
};

/** The version of SQLite. */
export const versionOf = ({ one }: Connection): string =>
  text(one('select sqlite_version() as version') ?? {}, 'version');

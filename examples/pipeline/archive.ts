/** The archive: messages, and the position up to which it is complete, in one file of SQLite. */
import type { LogPosition } from 'rx-realtime';

export interface Row {
  readonly id: string;
  /** ms since 1970, by the server's clock. */
  readonly timestamp: number;
  readonly author: string;
  /** Null if it was recalled. */
  readonly text: string | null;
  readonly translation: string | null;
  readonly verdict: 'ok' | 'held back' | 'recalled';
}

export interface Archive {
  /** Where to go on; undefined in a new archive. */
  readonly position: () => LogPosition | undefined;
  /** How many messages are stored. */
  readonly count: () => number;
  /** Stores rows and the position after them: both, or neither. A row that is there already is replaced. */
  readonly store: (rows: readonly Row[], position: LogPosition) => void;
  readonly close: () => void;
}

/** The part of `node:sqlite` that is used here. */
interface Sqlite {
  readonly DatabaseSync: new (path: string) => {
    exec(sql: string): void;
    prepare(sql: string): { run(...values: unknown[]): unknown; get(...values: unknown[]): unknown };
    close(): void;
  };
}

/** SQLite of this Node, from 22.13 on; before, the package with the same interface. */
const loadSqlite = async (): Promise<Sqlite> =>
  (process.getBuiltinModule(['node', 'sqlite'].join(':')) as Sqlite | undefined) ??
  (await import('@photostructure/sqlite'));

// The position is text in one row, so that it is written in the same transaction as the messages before it.
const SCHEMA = `
  pragma journal_mode = wal;
  create table if not exists message (
    id text primary key,
    timestamp integer not null,
    author text not null,
    text text,
    translation text,
    verdict text not null
  ) without rowid;
  create table if not exists checkpoint (one integer primary key check (one = 1), position text not null);
`;

export const openArchive = async (path: string): Promise<Archive> => {
  const { DatabaseSync } = await loadSqlite();
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  const insert = database.prepare('insert or replace into message values (?, ?, ?, ?, ?, ?)');
  const move = database.prepare('insert or replace into checkpoint values (1, ?)');
  const read = database.prepare('select position from checkpoint');
  const count = database.prepare('select count(*) as count from message');
  return {
    position: () => {
      const row = read.get() as { readonly position: string } | undefined;
      return row === undefined ? undefined : (JSON.parse(row.position) as LogPosition);
    },
    count: () => (count.get() as { readonly count: number }).count,
    store: (rows, position) => {
      database.exec('begin immediate');
      try {
        for (const { id, timestamp, author, text, translation, verdict } of rows)
          insert.run(id, timestamp, author, text, translation, verdict);
        move.run(JSON.stringify(position));
        database.exec('commit');
      } catch (error) {
        database.exec('rollback');
        throw error;
      }
    },
    close: () => {
      database.close();
    },
  };
};

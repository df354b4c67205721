/** Reads a database of SQLite: by Node itself, or by the package that has the same interface. */
interface Sqlite {
  readonly DatabaseSync: new (path: string) => {
    prepare(sql: string): { all(): unknown[] };
    close(): void;
  };
}

export interface Reader {
  readonly all: (sql: string) => readonly Readonly<Record<string, unknown>>[];
  readonly close: () => void;
}

export const openDatabase = async (path: string): Promise<Reader> => {
  const builtIn = process.getBuiltinModule(['node', 'sqlite'].join(':')) as Sqlite | undefined;
  const { DatabaseSync } = builtIn ?? (await import('@photostructure/sqlite'));
  const database = new DatabaseSync(path);
  return {
    all: (sql) => database.prepare(sql).all() as Readonly<Record<string, unknown>>[],
    close: () => {
      database.close();
    },
  };
};

/** The part of the package `pg` that the store uses. The package is loaded when it is needed. */

/** A statement with its parameters. */
export interface PostgresQuery {
  readonly text: string;
  readonly values?: unknown[];
  /** A statement with a name is prepared once for each connection. */
  readonly name?: string;
  readonly types?: { getTypeParser(oid: number, format?: string): (value: string) => unknown };
}

export interface PostgresResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly rowCount: number | null;
}

/** A connection of a pool. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresResult>;
  /** `true` closes the connection. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** What others have sent by `notify`, on a connection that listens. */
  on(
    event: 'notification',
    listener: (notification: { readonly channel: string; readonly payload?: string | undefined }) => void,
  ): unknown;
}

/** A pool of the package `pg`. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  end(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface Pg {
  readonly Pool: new (options: Readonly<Record<string, unknown>>) => PostgresPool;
  readonly types: { getTypeParser(oid: number, format?: 'text'): (value: string) => unknown };
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

/** Loads the package. Rejects with an error that says what to install if it is not there. */
export const loadPg = async (): Promise<Pg> => {
  try {
    const { default: pg } = await import('pg');
    return pg;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Error('PostgreSQL needs the package pg: run "npm install pg@8"', { cause: error });
  }
};

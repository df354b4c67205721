/**
 * The PostgreSQL of the tests: the one that `RX_REALTIME_TEST_POSTGRES` names, or one that is started for this run.
 * Where there is none, its tests are skipped, unless `RX_REALTIME_REQUIRE_SERVICES` is set.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openPostgresStore, type PostgresStoreOptions, type MovingStore } from 'rx-realtime/server';
import { lastLine, script } from './own-postgres.js';

const tellSkipped = (why: string): void => {
  const text = `The tests with PostgreSQL are skipped: ${why}`;
  if (process.env['RX_REALTIME_REQUIRE_SERVICES'] !== undefined) throw new Error(text);
  process.stderr.write(`${text}\n`);
};

const start = (): string | undefined => {
  const { status, stdout, stderr, error } = spawnSync(script, ['present'], { encoding: 'utf8' });
  if (status === 0) return lastLine(stdout);
  tellSkipped(error === undefined ? lastLine(stderr) : `scripts/services.sh can't be run: ${error.message}`);
  return undefined;
};

/** The address of the PostgreSQL that all tests share; undefined if there is none. */
export const postgresUrl = process.env['RX_REALTIME_TEST_POSTGRES'] ?? start();

/** Runs a statement beside the store. */
export const execute = async (url: string, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

/** An address with tables of its own, in a schema, and a way to delete them. */
export const ownTables = async (url: string): Promise<{ readonly url: string; readonly end: () => Promise<void> }> => {
  const schema = `test_${randomUUID().replaceAll('-', '')}`;
  await execute(url, `create schema ${schema}`);
  return {
    url: `${url}?options=${encodeURIComponent(`-c search_path=${schema}`)}`,
    end: () => execute(url, `drop schema ${schema} cascade`),
  };
};

/** A store with tables of its own. */
export const inPostgres = async (
  url: string,
  options: PostgresStoreOptions = {},
): Promise<{ readonly store: MovingStore; readonly end: () => Promise<void> }> => {
  const tables = await ownTables(url);
  const store = await openPostgresStore({ connections: 8, ...options, url: tables.url });
  return {
    store,
    end: async () => {
      await store.close();
      await tables.end();
    },
  };
};

/** Every store of this package, for tests that run over all of them. */
import type { MemoryStoreOptions } from 'rx-realtime/server';
import { inPostgres, postgresUrl } from './postgres.js';
import { inMemory, inSqlite, type Opened } from './temporary.js';

const unbounded: MemoryStoreOptions = {
  ...{ unreadLimit: Infinity, historyDays: Infinity, historyMessages: Infinity, conversationDays: Infinity },
  ...{ querySteps: Infinity, notices: Infinity, noticeBytes: Infinity, tokens: Infinity },
  queriedConversations: Infinity,
};

type Opener = readonly [name: string, open: (options?: MemoryStoreOptions) => Promise<Opened>];

const inPostgresOf = (url: string): readonly Opener[] => [
  ['in PostgreSQL', (options) => inPostgres(url, options)],
  ['in PostgreSQL, without bounds', (options) => inPostgres(url, { ...unbounded, ...options })],
];

/** Every store of this package, new and empty. */
export const stores: readonly Opener[] = [
  ['in memory', inMemory],
  ['in SQLite', inSqlite],
  ['in SQLite, without bounds', (options) => inSqlite({ ...unbounded, ...options })],
  ...(postgresUrl === undefined ? [] : inPostgresOf(postgresUrl)),
];

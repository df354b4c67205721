/** A store in a file: SQLite. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConversationInfo, ConversationKind } from '../../../codecs/index.js';
import { breather } from '../../breather.js';
import { steadyClock } from '../../clock.js';
import { selecting } from '../../domain/query/select.js';
import { DEFAULT_STEPS } from '../../domain/query/budget.js';
import { whereIds, whereKind, whereMember, withoutMember } from '../../domain/query/where.js';
import type { ConversationSearch } from '../../domain/records.js';
import { stderrReport } from '../../guarded.js';
import { checkNumbers } from '../../numbers.js';
import { everyFewSeconds, type MemoryStoreOptions } from '../memory.js';
import type { Store } from '../store.js';
import { connect, type Connection } from './connection.js';
import { loadSqlite, mayReadBeside, type Sqlite } from './driver.js';
import { located } from './located.js';
import { lock } from './lock.js';
import { STORE_FILE, written } from './new-file.js';
import { createReads } from './reads.js';
import type { Bounds, Calls, ConversationCursor, ReadCalls } from './calls.js';
import { copyBeside, startWriter, type Writer } from './writer.js';

export interface SqliteStoreOptions extends MemoryStoreOptions {
  /** Where the files are. It is made if it is not there. One process at a time can use it. */
  readonly directory: string;
  /**
   * Reads the whole database at the start, and rejects if it is damaged. It takes some seconds for each GB. Default
   * false.
   */
  readonly checkIntegrity?: boolean;
  /** Called if the thread that writes has failed: then every call rejects. Default: stderr. */
  readonly onError?: (error: Error) => void;
}

/** A store in a file. */
export interface SqliteStore extends Store {
  /**
   * Copies the whole database to a new file, while the store is in use. The copy is as the store was at one moment. A
   * server can be started with it as `store.sqlite` in a directory of its own. Rejects if the file exists.
   */
  backup(file: string): Promise<void>;
}

const DAY = 86_400_000;
/** Calls that are committed together, at most. */
const COMMITTED_AT_ONCE = 256;
/** Conversations that a query reads at once. */
const READ_AT_ONCE = 50;
/** Conversations whose ids a query reads at once. */
const IDS_AT_ONCE = 1_000;

/** A read, on the connection beside the writer, or by the writer. */
type Read = <N extends keyof ReadCalls>(
  name: N,
  ...args: Parameters<ReadCalls[N]>
) => Promise<ReturnType<ReadCalls[N]>>;

const readBeside = (reads: ReadCalls): Read => {
  // It reads at once: a store that is closed right after this call closes the connection.
  const call = (name: keyof ReadCalls, ...args: unknown[]): Promise<unknown> =>
    new Promise((resolve) => {
      resolve(Reflect.apply(reads[name], undefined, args));
    });
  return call as Read;
};

/** The ids of the newest conversations of some kinds, at most so many of each. */
const newestIds = async function* (
  read: Read,
  kinds: readonly (ConversationKind | undefined)[],
  atMost: number,
): AsyncGenerator<string> {
  for (const kind of kinds) {
    let after: ConversationCursor | undefined;
    for (let left = atMost; left > 0;) {
      const page: readonly ConversationCursor[] = await read(
        'conversationIds',
        kind,
        after,
        Math.min(left, IDS_AT_ONCE),
      );
      for (const { id } of page) yield id;
      after = page.at(-1);
      left -= page.length;
      if (page.length < IDS_AT_ONCE) break;
    }
  }
};

/** The conversations that a query without ids and members looks at: see `visible` of the store in memory. */
const visibleIds = async function* (
  read: Read,
  { where, viewer }: ConversationSearch,
  atMost: number,
): AsyncGenerator<string> {
  const kind = whereKind(where);
  if (viewer === undefined) {
    yield* newestIds(read, [kind], Infinity);
    return;
  }
  const seen = new Set(kind === undefined ? await read('idsOfMember', viewer.clientId) : []);
  yield* seen;
  const others = viewer.seesOrdinary
    ? (['ordinary', 'temporary', 'room', 'system'] as const)
    : (['room', 'system'] as const);
  for await (const id of newestIds(read, kind === undefined ? others : [kind], atMost)) if (!seen.has(id)) yield id;
};

const boundsOf = ({
  unreadLimit = 100,
  historyDays = 180,
  historyMessages = 100_000,
  conversationDays = 180,
  notices = 5_000,
  noticeBytes = 1_048_576,
  tokens = 100,
}: MemoryStoreOptions): Bounds => ({
  unreadLimit,
  historyTime: historyDays * DAY,
  historyMessages,
  idle: conversationDays * DAY,
  notices,
  noticeBytes,
  tokens,
});

interface Opened {
  readonly file: string;
  readonly writer: Writer;
  /** The connection that reads beside the writer; undefined if the writer has to read, too. */
  readonly reader: Connection | undefined;
  readonly unlock: () => void;
}

const openFiles = async (
  sqlite: Sqlite,
  { directory, checkIntegrity = false, onError = stderrReport() }: SqliteStoreOptions,
  bounds: Bounds,
  now: () => number,
): Promise<Opened> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const unlock = lock(sqlite, directory);
  const file = join(directory, STORE_FILE);
  let writer: Writer | undefined;
  try {
    writer = await startWriter(
      { _tag: 'Write', file, bounds, checkIntegrity, most: COMMITTED_AT_ONCE },
      { now, report: onError },
    );
    const reader = mayReadBeside(writer.version)
      ? connect(new sqlite.DatabaseSync(file, { readOnly: true }))
      : undefined;
    return { file, writer, reader, unlock };
  } catch (error) {
    await writer?.close();
    unlock();
    throw located(file, error);
  }
};

/**
 * Opens a store that keeps everything in a file of SQLite. What a call has changed is on the disk when the call
 * resolves. A thread of its own writes: calls that arrive while it commits are committed together. It needs Node 22.13
 * or later, or the package `@photostructure/sqlite`.
 *
 * Rejects if another process uses the directory, if the database is damaged or newer than this program, or if there is
 * no SQLite.
 *
 * @example
 * const store = await openSqliteStore({ directory: './data' });
 * const server = await createServer({ port: 6400, store });
 */
export const openSqliteStore = async (options: SqliteStoreOptions): Promise<SqliteStore> => {
  const { clock = { now: Date.now }, whileSwept = everyFewSeconds } = options;
  const { directory, checkIntegrity, onError, clock: _, whileSwept: __, ...numbers } = options;
  checkNumbers('openSqliteStore', numbers);
  const bounds = boundsOf(numbers);
  const { querySteps = DEFAULT_STEPS, queriedConversations = 5_000 } = numbers;
  const now = (): number => clock.now();
  const { file, writer, reader, unlock } = await openFiles(await loadSqlite(), options, bounds, now);
  const steady = steadyClock(clock, () => undefined);
  const { call } = writer;
  const read: Read = reader === undefined ? call : readBeside(createReads(reader, bounds, now));

  /** Looks at conversations one after the other, and lets others have their turn in between. */
  const select = async (
    search: ConversationSearch & { readonly needsMembers?: boolean },
    ids: AsyncIterable<string> | Iterable<string>,
  ): Promise<readonly ConversationInfo[]> => {
    const selection = selecting(search, querySteps);
    const breathe = breather();
    // The members of a system conversation are shown to the back end only, and may be many.
    const but = search.viewer === undefined ? undefined : 'system';
    let some: string[] = [];
    const look = async (): Promise<void> => {
      const wanted = some;
      some = [];
      selection.spend(wanted.length);
      for (const info of await read('conversations', wanted, but)) selection.add(info);
      await breathe();
    };
    for await (const id of ids) if (some.push(id) >= READ_AT_ONCE) await look();
    await look();
    return selection.result();
  };

  const report = stderrReport();
  let isSweeping = false;
  const stop = whileSwept(() => {
    // A slice of a big database may take longer than the time between two slices.
    if (isSweeping) return true;
    isSweeping = true;
    // Nothing is deleted because the clock is wrong for a moment.
    void writer
      .sweep(Math.min(now(), steady.now()))
      // It is tried again with the next slice.
      .catch(report)
      .finally(() => {
        isSweeping = false;
      });
    return true;
  });

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stop();
    reader?.close();
    await writer.close();
    unlock();
  };

  /** A call that changes something. */
  const change =
    <N extends keyof Calls>(name: N) =>
    (...args: Parameters<Calls[N]>) =>
      call(name, ...args);
  const look =
    <N extends keyof ReadCalls>(name: N) =>
    (...args: Parameters<ReadCalls[N]>) =>
      read(name, ...args);

  return {
    createConversation: change('createConversation'),
    conversations: (ids) => read('conversations', ids),
    find: async (search) => {
      const { where } = search;
      const [ids, member] = [whereIds(where), whereMember(where)];
      if (ids !== undefined || member === undefined)
        return select(search, ids ?? visibleIds(read, search, queriedConversations));
      // All of these have the member, so their lists of members need not be searched.
      const rest = { ...search, where: withoutMember(where, member), needsMembers: true };
      return select(rest, await read('idsOfMember', member));
    },
    deleteConversation: change('deleteConversation'),
    addMembers: change('addMembers'),
    removeMembers: change('removeMembers'),
    updateConversation: change('updateConversation'),
    setMuted: change('setMuted'),
    setRole: change('setRole'),
    setListed: change('setListed'),
    keepNotice: change('keepNotice'),
    append: change('append'),
    modify: change('modify'),
    acknowledge: change('acknowledge'),
    markRead: change('markRead'),
    openSession: change('openSession'),
    renewSession: change('renewSession'),
    rememberRoom: change('rememberRoom'),
    forgetSession: change('forgetSession'),
    forgetSessions: change('forgetSessions'),
    roles: look('roles'),
    listed: look('listed'),
    whoIsListed: look('whoIsListed'),
    notices: look('notices'),
    speaking: look('speaking'),
    message: look('message'),
    history: look('history'),
    modifiedSince: look('modifiedSince'),
    receipts: look('receipts'),
    offline: look('offline'),
    unreadOf: look('unreadOf'),
    unread: look('unread'),
    session: look('session'),
    backup: (target) =>
      written(target, (partial) => (reader === undefined ? writer.backup(partial) : copyBeside(file, partial))),
    close: () => (closing ??= close()),
  };
};

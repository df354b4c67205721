/** The server of the tour. It keeps everything in a directory, so that it can be stopped and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { createServer, openSqliteStore, type RtmServer, type Store, type StoredMessage } from 'rx-realtime/server';

/** What the server has kept of a conversation. */
interface Kept {
  readonly messages: readonly StoredMessage[];
  readonly members: readonly string[];
  /** How many messages each member has not read. */
  readonly unread: readonly number[];
}

interface Restarted extends Kept {
  /** Whether all of it is there after the start. */
  readonly isSame: boolean;
}

export interface TourServer {
  readonly url: string;
  /** Where everything is kept. */
  readonly place: string;
  /** Stops the server, and starts it again `pause` ms later; undefined if it keeps everything in memory. */
  readonly restart?: (conversationId: string, pause: number) => Promise<Restarted>;
  readonly close: () => Promise<void>;
}

/** More messages than a tour has. */
const ALL = 1_000;

const look = async (store: Store, conversationId: string): Promise<Kept> => {
  const [info] = await store.conversations([conversationId]);
  const members = info?.members ?? [];
  const messages = await store.history({ conversationId, direction: 'new', limit: ALL });
  const unread = await store.unreadOf(conversationId, members);
  return { messages, members, unread: members.map((member) => unread.get(member)?.count ?? 0) };
};

/** The store stays open when the server closes, so that it can be looked at. */
const serve = (store: Store, port: number): Promise<RtmServer> =>
  createServer({ port, store: { ...store, close: () => Promise.resolve() } });

const inDirectory = async (directory: string): Promise<TourServer> => {
  let store: Store = await openSqliteStore({ directory });
  let server = await serve(store, 0);
  const { url, port } = server;
  let busy: Promise<unknown> = Promise.resolve();

  const restart = async (conversationId: string, pause: number): Promise<Restarted> => {
    await server.close();
    const before = await look(store, conversationId);
    await store.close();
    await wait(pause);
    store = await openSqliteStore({ directory });
    const after = await look(store, conversationId);
    server = await serve(store, port);
    return { ...before, isSame: isDeepStrictEqual(after, before) };
  };

  return {
    url,
    place: directory,
    restart: (conversationId, pause) => {
      const restarted = restart(conversationId, pause);
      busy = restarted.catch(() => undefined);
      return restarted;
    },
    close: async () => {
      await busy;
      await server.close();
      await store.close();
    },
  };
};

const inMemory = async (why: unknown): Promise<TourServer> => {
  const server = await createServer({ port: 0 });
  const place = `memory, because ${why instanceof Error ? why.message : String(why)}`;
  return { url: server.url, place, close: () => server.close() };
};

/** Starts the server. Without SQLite, it keeps everything in memory. */
export const startServer = async (): Promise<TourServer> => {
  const directory = await mkdtemp(join(tmpdir(), 'rx-realtime-tour-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const server = await inDirectory(directory).catch(inMemory);
  return {
    ...server,
    close: async () => {
      await server.close();
      await remove();
    },
  };
};

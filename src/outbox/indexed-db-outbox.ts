import type { DBSchema, IDBPDatabase } from 'idb';
import { ReplaySubject, from, firstValueFrom } from 'rxjs';
import { StorageFailed } from '../errors.js';
import { reasonOf } from '../thrown.js';
import { memoryOutbox } from './memory-outbox.js';
import type { OutboxStorage, StoredSend } from './outbox-storage.js';
import { pageLock } from './page-lock.js';

interface Schema extends DBSchema {
  readonly messages: {
    readonly key: [owner: string, token: string];
    readonly value: { readonly owner: string; readonly token: string; readonly message: StoredSend };
    readonly indexes: { readonly owner: string };
  };
}

/** Options of `indexedDbOutbox`. */
export interface IndexedDbOutboxOptions {
  /** The name of the database. Default `rx-realtime-outbox`. */
  readonly name?: string;
  /**
   * What happens to a message that IndexedDB can't keep: on a server that renders pages, in some private windows, over
   * the quota, while another tab blocks the database. `memory`: it is kept in memory, so it is sent, but does not
   * outlive the page; an `Outbox` fault says so. `none`: its send fails with `StorageFailed`. Default `memory`.
   */
  readonly fallback?: 'memory' | 'none';
}

const UNAVAILABLE =
  'there is no IndexedDB here, as on a server that renders pages and in some private windows; messages are kept ' +
  "in memory with { fallback: 'memory' }";

const failed = (thrown: unknown): StorageFailed =>
  thrown instanceof StorageFailed ? thrown : new StorageFailed(`IndexedDB: ${reasonOf(thrown)}`, { cause: thrown });

/** How long the database may take to open, ms. Some browsers never answer. */
const OPENING = 3_000;

/** Opens the database. `lost` is called when it can't be used any more. */
const open = async (name: string, lost: () => void): Promise<IDBPDatabase<Schema>> => {
  if (typeof indexedDB === 'undefined') throw new StorageFailed(UNAVAILABLE);
  const { openDB } = await import('idb');
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new StorageFailed(`the database did not open within ${String(OPENING)} ms`));
    }, OPENING);
    openDB<Schema>(name, 1, {
      upgrade: (db) => {
        db.createObjectStore('messages', { keyPath: ['owner', 'token'] }).createIndex('owner', 'owner');
      },
      blocked: () => {
        reject(new StorageFailed('another tab holds an older version of the database open; close that tab'));
      },
      // Another tab wants to upgrade or delete the database.
      blocking: (_current, _blocked, event) => {
        lost();
        if (event.target instanceof IDBDatabase) event.target.close();
      },
      terminated: lost,
    })
      .then((db) => {
        if (isLate) db.close();
        resolve(db);
      }, reject)
      .finally(() => {
        clearTimeout(timer);
      });
  });
};

/** There are none on old browsers, and on pages without TLS. */
const pageLocks = (): LockManager | undefined => {
  const { locks }: Partial<Navigator> = typeof navigator === 'undefined' ? {} : navigator;
  // Some platforms have `null`.
  return locks ?? undefined;
};

/**
 * An outbox storage in the IndexedDB of a browser. Messages outlive a reload of the page. Of several tabs, the one in
 * which a message was sent sends it; when that tab is gone, another one does, in order. Browsers without Web Locks, and
 * pages without TLS, can't tell: there, each tab sends all messages that it finds. The database is opened at the first
 * use, and again if the browser has closed it. Where it fails, messages are kept in memory, and an `Outbox` fault says
 * so; see `fallback`.
 *
 * @example const realtime = createRealtime({ appId, server, outbox: createOutbox({ storage: indexedDbOutbox() }) });
 */
export const indexedDbOutbox = ({
  name = 'rx-realtime-outbox',
  fallback = 'memory',
}: IndexedDbOutboxOptions = {}): OutboxStorage => {
  let database: Promise<IDBPDatabase<Schema>> | undefined;
  const opened = (): Promise<IDBPDatabase<Schema>> => {
    const forget = (): void => {
      if (database === current) database = undefined;
    };
    const current =
      database ??
      open(name, () => {
        forget();
      });
    database = current;
    current.catch(forget);
    return current;
  };
  /** Runs an operation on the database. Whatever goes wrong is a `StorageFailed`. */
  const inDatabase = async <T>(run: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> => {
    try {
      return await run(await opened());
    } catch (thrown) {
      throw failed(thrown);
    }
  };

  const memory = memoryOutbox();
  /** The messages in memory: owner and token. */
  const inMemory = new Set<string>();
  const keyOf = (owner: string, token: string): string => JSON.stringify([owner, token]);
  const faults = new ReplaySubject<StorageFailed>(1);
  let reason: string | undefined;
  /** Tells why messages are kept in memory; each reason once, until the database works again. */
  const tell = (thrown: unknown): void => {
    const error = failed(thrown);
    if (fallback === 'none') throw error;
    if (error.reason === reason) return;
    reason = error.reason;
    faults.next(
      new StorageFailed(`${reason}; messages are kept in memory, and are lost with the page`, { cause: error }),
    );
  };

  return {
    faults$: faults.asObservable(),
    load: async (owner) => {
      const kept = await inDatabase((db) => db.getAllFromIndex('messages', 'owner', owner)).catch((thrown: unknown) => {
        tell(thrown);
        return [];
      });
      return [
        ...kept.map(({ message }) => message),
        ...(await firstValueFrom(from(memory.load(owner)), { defaultValue: [] })),
      ];
    },
    put: async (owner, message) => {
      const { token } = message;
      try {
        await inDatabase(async (db) => {
          // 'strict': the message is on the disk when the transaction completes, not in a buffer of the system.
          const writing = db.transaction('messages', 'readwrite', { durability: 'strict' });
          await Promise.all([writing.store.put({ owner, token, message }), writing.done]);
        });
        reason = undefined;
      } catch (thrown) {
        tell(thrown);
        inMemory.add(keyOf(owner, token));
        void memory.put(owner, message);
      }
    },
    claim: (owner, batch) => pageLock(pageLocks(), `${name} ${keyOf(owner, batch)}`),
    remove: async (owner, token) => {
      if (inMemory.delete(keyOf(owner, token))) void memory.remove(owner, token);
      else await inDatabase((db) => db.delete('messages', [owner, token]));
    },
  };
};

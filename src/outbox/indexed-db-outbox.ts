import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { OutboxStorage, StoredSend } from './outbox-storage.js';

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
}

/**
 * An outbox storage in the IndexedDB of a browser. Messages outlive a reload of the page. The database is opened at
 * the first use, and again if the browser has closed it.
 *
 * @example const realtime = createRealtime({ appId, server, outbox: { storage: indexedDbOutbox() } });
 */
export const indexedDbOutbox = ({ name = 'rx-realtime-outbox' }: IndexedDbOutboxOptions = {}): OutboxStorage => {
  let database: Promise<IDBPDatabase<Schema>> | undefined;
  const forget = (): void => {
    database = undefined;
  };
  const opened = (): Promise<IDBPDatabase<Schema>> => {
    const current =
      database ??
      openDB<Schema>(name, 1, {
        upgrade: (db) => {
          db.createObjectStore('messages', { keyPath: ['owner', 'token'] }).createIndex('owner', 'owner');
        },
        // Another tab wants to upgrade or delete the database.
        blocking: (_current, _blocked, event) => {
          forget();
          if (event.target instanceof IDBDatabase) event.target.close();
        },
        terminated: forget,
      });
    database = current;
    current.catch(forget);
    return current;
  };
  return {
    load: async (owner) =>
      (await (await opened()).getAllFromIndex('messages', 'owner', owner)).map(({ message }) => message),
    put: async (owner, message) => {
      // 'strict': the message is on the disk when the transaction completes, not in a buffer of the system.
      const writing = (await opened()).transaction('messages', 'readwrite', { durability: 'strict' });
      await Promise.all([writing.store.put({ owner, token: message.token, message }), writing.done]);
    },
    remove: async (owner, token) => {
      await (await opened()).delete('messages', [owner, token]);
    },
  };
};

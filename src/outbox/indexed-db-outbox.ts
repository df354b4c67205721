import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { OutboxStorage, StoredSend } from './outbox-storage.js';

interface Schema extends DBSchema {
  readonly messages: {
    readonly key: [owner: string, token: string];
    readonly value: { readonly owner: string; readonly token: string; readonly message: StoredSend };
    readonly indexes: { readonly owner: string };
  };
}

export interface IndexedDbOutboxOptions {
  /** The name of the database. Default `rx-realtime-outbox`. */
  readonly name?: string;
}

/**
 * Keeps an outbox in a browser's IndexedDB, beyond a reload. The database is opened with the first use, and again where the browser has closed it.
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
        // Another tab wants to change or delete it.
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
    load: async (owner) => (await (await opened()).getAllFromIndex('messages', 'owner', owner)).map(({ message }) => message),
    put: async (owner, message) => {
      // On the disk, not in a buffer of the system, when it completes.
      const writing = (await opened()).transaction('messages', 'readwrite', { durability: 'strict' });
      await Promise.all([writing.store.put({ owner, token: message.token, message }), writing.done]);
    },
    remove: async (owner, token) => {
      await (await opened()).delete('messages', [owner, token]);
    },
  };
};

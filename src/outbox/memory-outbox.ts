import { Observable, of, type Subscriber } from 'rxjs';
import type { OutboxStorage, StoredSend } from './outbox-storage.js';

/**
 * An outbox storage in memory. It outlives the realtimes that use it, but not the process. It answers synchronously.
 * Use it in tests, or if one process creates a new realtime now and then.
 *
 * @example const realtime = createRealtime({ appId, server, outbox: createOutbox({ storage: memoryOutbox() }) });
 */
export const memoryOutbox = (): OutboxStorage => {
  const kept = new Map<string, Map<string, StoredSend>>();
  /** Who has a batch, then those who wait for it. */
  const claims = new Map<string, Set<Subscriber<boolean>>>();
  return {
    load: (owner) => of([...(kept.get(owner)?.values() ?? [])]),
    put: (owner, message) => {
      const messages = kept.get(owner) ?? new Map<string, StoredSend>();
      kept.set(owner, messages.set(message.token, message));
      return [];
    },
    claim: (owner, batch) =>
      new Observable((subscriber) => {
        const key = JSON.stringify([owner, batch]);
        const queue = claims.get(key) ?? new Set();
        claims.set(key, queue.add(subscriber));
        subscriber.add(() => {
          const [holder] = queue;
          queue.delete(subscriber);
          const [heir] = queue;
          if (heir === undefined) claims.delete(key);
          else if (holder === subscriber) heir.next(true);
        });
        subscriber.next(queue.size === 1);
      }),
    remove: (owner, token) => {
      kept.get(owner)?.delete(token);
      return [];
    },
  };
};

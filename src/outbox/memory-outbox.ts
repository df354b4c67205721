import { of } from 'rxjs';
import type { OutboxStorage, StoredSend } from './outbox-storage.js';

/**
 * Keeps an outbox in memory, beyond the realtime it is given to: for tests, and where a realtime is made anew in one process. Answers at once.
 *
 * @example const realtime = createRealtime({ appId, server, outbox: { storage: memoryOutbox() } });
 */
export const memoryOutbox = (): OutboxStorage => {
  const kept = new Map<string, Map<string, StoredSend>>();
  return {
    load: (owner) => of([...(kept.get(owner)?.values() ?? [])]),
    put: (owner, message) => {
      const messages = kept.get(owner) ?? new Map<string, StoredSend>();
      kept.set(owner, messages.set(message.token, message));
      return [];
    },
    remove: (owner, token) => {
      kept.get(owner)?.delete(token);
      return [];
    },
  };
};

import { of } from 'rxjs';
import type { OutboxStorage, StoredSend } from './outbox-storage.js';

/**
 * An outbox storage in memory. It outlives the realtimes that use it, but not the process. It answers synchronously.
 * Use it in tests, or if one process creates a new realtime now and then.
 *
 * @example const realtime = createRealtime({ appId, server, outbox: createOutbox({ storage: memoryOutbox() }) });
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

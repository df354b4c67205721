import type { OutboxStorage } from 'rx-realtime';

/** Keeps an outbox in what the Web calls a Storage: `localStorage`, or something like it. */
export const storageOutbox = (storage: Storage): OutboxStorage => {
  const prefixOf = (owner: string): string => `outbox ${owner} `;
  return {
    load: (owner) => {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
      const own = keys.filter((key) => key.startsWith(prefixOf(owner)));
      return [own.map((key): unknown => JSON.parse(storage.getItem(key) ?? 'null'))];
    },
    // What throws here, where the quota is used up, fails the send.
    put: (owner, message) => {
      storage.setItem(prefixOf(owner) + message.token, JSON.stringify(message));
      return [];
    },
    remove: (owner, token) => {
      storage.removeItem(prefixOf(owner) + token);
      return [];
    },
  };
};

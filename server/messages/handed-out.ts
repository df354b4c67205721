/** Remembers which messages were handed to their receivers lately. */
export interface HandedOut {
  readonly add: (messageId: string) => void;
  readonly has: (messageId: string) => boolean;
}

/** Remembers so many messages. */
export const createHandedOut = (limit: number): HandedOut => {
  const ids = new Set<string>();
  /** The same in a ring. The first of a set from which much was deleted takes long to find. */
  const ring: string[] = [];
  let next = 0;
  return {
    add: (messageId) => {
      if (ids.has(messageId)) return;
      ids.add(messageId);
      const oldest = ring[next];
      if (oldest !== undefined) ids.delete(oldest);
      ring[next] = messageId;
      next = (next + 1) % limit;
    },
    has: (messageId) => ids.has(messageId),
  };
};

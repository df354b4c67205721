/** Remembers which messages were handed to their receivers lately. */
export interface HandedOut {
  readonly add: (messageId: string) => void;
  readonly has: (messageId: string) => boolean;
}

/** Remembers so many messages. */
export const createHandedOut = (limit: number): HandedOut => {
  const ids = new Set<string>();
  return {
    add: (messageId) => {
      ids.add(messageId);
      const [oldest] = ids.size > limit ? ids : [];
      if (oldest !== undefined) ids.delete(oldest);
    },
    has: (messageId) => ids.has(messageId),
  };
};

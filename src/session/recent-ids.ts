/** Remembers the last ids, as many as a repetition can reach back. */
export interface RecentIds {
  has(id: string): boolean;
  add(id: string): void;
}

/**
 * At most `size` ids, the newest. Adding is a write to an array and has to hash nothing, since it happens for every message; asking walks the array,
 * since only what comes late has to be asked about.
 */
export const recentIds = (size: number): RecentIds => {
  const ids: string[] = [];
  let next = 0;
  return {
    has: (id) => ids.includes(id),
    add: (id) => {
      ids[next] = id;
      next = (next + 1) % size;
    },
  };
};

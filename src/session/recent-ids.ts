/**
 * The latest ids, enough to notice repeated messages. They are kept in two generations: when the younger one is full,
 * the older one is dropped. Immutable from outside, although several values share one array: each uses only its own
 * first `count` ids. Only the longest of them may append to the array; the others copy it first.
 */
export interface RecentIds {
  readonly young: string[];
  readonly count: number;
  readonly old: readonly string[];
}

/** The size of one generation: as many ids as can be pushed during a long catch-up. */
const GENERATION = 2_048;

export const NO_IDS: RecentIds = { young: [], count: 0, old: [] };

/** The same ids and one more. It writes to an array and computes no hash, because it runs for every message. */
export const withId = ({ young, count, old }: RecentIds, id: string): RecentIds => {
  if (count === GENERATION) return { young: [id], count: 1, old: young };
  const own = young.length === count && count > 0 ? young : young.slice(0, count);
  own.push(id);
  return { young: own, count: count + 1, old };
};

/** Whether the id is one of them. Searches the whole array, which is needed only for late messages. */
export const hasId = ({ young, count, old }: RecentIds, id: string): boolean =>
  (count > 0 && young.lastIndexOf(id, count - 1) >= 0) || old.includes(id);

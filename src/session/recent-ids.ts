/**
 * The last ids, as many as a repetition can reach back: in two generations, of which the older one is forgotten when
 * the younger one is full. Immutable as seen from outside: of the array that several share each looks at its own
 * first `count` ids. Only the longest of them may write behind its end; any other copies first.
 */
export interface RecentIds {
  readonly young: string[];
  readonly count: number;
  readonly old: readonly string[];
}

/** As many ids as can be pushed while a long catch-up is under way. */
const GENERATION = 2_048;

export const NO_IDS: RecentIds = { young: [], count: 0, old: [] };

/** The same ids, and one more. A write to an array and nothing to hash, since it happens for every message. */
export const withId = ({ young, count, old }: RecentIds, id: string): RecentIds => {
  if (count === GENERATION) return { young: [id], count: 1, old: young };
  const own = young.length === count && count > 0 ? young : young.slice(0, count);
  own.push(id);
  return { young: own, count: count + 1, old };
};

/** Walks over the ids: only what comes late has to be asked about. */
export const hasId = ({ young, count, old }: RecentIds, id: string): boolean =>
  (count > 0 && young.lastIndexOf(id, count - 1) >= 0) || old.includes(id);

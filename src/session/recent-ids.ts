/**
 * The latest ids, enough to notice repeated messages. They are kept in two generations: when the younger one is full,
 * the older one is dropped. Immutable from outside, although several values share one array: each uses only its own
 * first `count` ids. Only the longest of them may append to the array; the others copy it first.
 */
export interface RecentIds {
  readonly young: string[];
  readonly count: number;
  /** When the first of the young ones came, ms, by `elapsed`. */
  readonly since: number;
  readonly old: readonly string[];
}

/**
 * How many ids a generation has. At least so many: after a break, the server sends the own messages again that follow
 * the position, 130 of them. More, if they come within `SPAN`: a server repeats what was not acknowledged when the
 * connection broke.
 */
const FEW = 256;
const MANY = 2_048;
/** ms. */
const SPAN = 60_000;

export const NO_IDS: RecentIds = { young: [], count: 0, since: 0, old: [] };

/**
 * The same ids and one more. `now` tells when it comes: messages that come together may be of different times, as after
 * a hold. It writes to an array and computes no hash, because it runs for every message.
 */
export const withId = ({ young, count, since, old }: RecentIds, id: string, now: () => number): RecentIds => {
  if (count === MANY || (count >= FEW && now() - since > SPAN))
    return { young: [id], count: 1, since: now(), old: young.length === count ? young : young.slice(0, count) };
  const own = young.length === count && count > 0 ? young : young.slice(0, count);
  own.push(id);
  return { young: own, count: count + 1, since: count === 0 ? now() : since, old };
};

/** Whether the id is one of them. Searches the whole array, which is needed only for late messages. */
export const hasId = ({ young, count, old }: RecentIds, id: string): boolean =>
  (count > 0 && young.lastIndexOf(id, count - 1) >= 0) || old.includes(id);

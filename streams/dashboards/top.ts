import type { Observable, OperatorFunction } from 'rxjs';
import { requireCount } from '../backpressure/limits.js';
import { gathered } from './gathered.js';

export interface TopOptions<T> {
  /** The key that an item is counted under. */
  readonly key: (item: T) => string;
  /** Emits when a report is due. */
  readonly every$: Observable<unknown>;
  /** The number of keys in a report. Default 10. */
  readonly count?: number;
  /** The maximum number of keys that are counted at the same time. Default 1,000. */
  readonly capacity?: number;
}

/** A busy key. Its true number of items is at most `count`, and at least `count - error`. */
export interface TopEntry {
  readonly key: string;
  readonly count: number;
  /**
   * How much the count may be too high: the count of the key whose place it took. It is 0 if the count is exact, as
   * it is until there are more keys than `capacity`.
   */
  readonly error: number;
}

interface Counter {
  count: number;
  readonly error: number;
}

/**
 * The busiest keys, the busiest first, in bounded memory: the Space-Saving algorithm (Metwally, Agrawal, El Abbadi
 * 2005). It counts `capacity` keys. A further key takes the place and the count of a key with the fewest items. So
 * each key whose share of all items is above 1/`capacity` is counted, and `error` says how much a count may be too
 * high. It counts from the subscription: for the last minute, subscribe again each minute.
 *
 * An item of a counted key costs O(1), a new key up to O(capacity), an emission O(capacity log capacity). Completes
 * and errors with the source or `every$`.
 *
 * ```
 * source:     a-b-a-----
 * every$:     -----x----
 * result:     -----1----      1: a 2, b 1
 * ```
 *
 * @example
 * client.messages$.pipe(top({ key: ({ from }) => from, every$: interval(1_000), count: 5 }));
 */
export const top = <T>({
  key,
  every$,
  count = 10,
  capacity = 1_000,
}: TopOptions<T>): OperatorFunction<T, readonly TopEntry[]> => {
  requireCount('count', count);
  requireCount('capacity', capacity);
  if (capacity < count)
    throw new RangeError(`capacity should be at least count, ${String(count)}, but is ${String(capacity)}`);
  return gathered(every$, () => {
    const counters = new Map<string, Counter>();
    /** The keys of each count. The key that has had this count longest comes first. */
    const byCount = new Map<number, Set<string>>();
    let least = 0;

    const enter = (name: string, counter: Counter): void => {
      const keys = byCount.get(counter.count) ?? new Set<string>();
      byCount.set(counter.count, keys.add(name));
    };
    const leave = (name: string, { count: from }: Counter): void => {
      const keys = byCount.get(from);
      keys?.delete(name);
      if (keys?.size !== 0) return;
      byCount.delete(from);
      // A key that leaves the lowest count moves up by one, and no key was below it.
      if (from === least) least += 1;
    };
    const begin = (name: string, error: number): void => {
      const counter: Counter = { count: error + 1, error };
      counters.set(name, counter);
      enter(name, counter);
    };
    /** Removes the key that has had the lowest count longest. Returns its count. */
    const giveUp = (): number => {
      const given = least;
      const [name = ''] = byCount.get(given) ?? [];
      leave(name, { count: given, error: 0 });
      counters.delete(name);
      return given;
    };

    return {
      add: (item) => {
        const name = key(item);
        const known = counters.get(name);
        if (known !== undefined) {
          leave(name, known);
          known.count += 1;
          enter(name, known);
        } else if (counters.size < capacity) {
          begin(name, 0);
          least = 1;
        } else begin(name, giveUp());
      },
      tell: () =>
        [...counters]
          .map(([name, { count: items, error }]): TopEntry => ({ key: name, count: items, error }))
          .sort((a, b) => b.count - a.count || a.error - b.error)
          .slice(0, count),
    };
  });
};

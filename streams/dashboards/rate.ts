import { asyncScheduler, type Observable, type OperatorFunction } from 'rxjs';
import { requireCount, requireTime } from '../backpressure/limits.js';
import { gathered } from './gathered.js';

export interface RateOptions<T> {
  /** The key that an item is counted under: a conversation, a sender, a type. */
  readonly key: (item: T) => string;
  /** Emits when a report is due. */
  readonly every$: Observable<unknown>;
  /** The length of the window, ms: the step that has begun, and the `steps - 1` steps before it. Default 10,000. */
  readonly window?: number;
  /** The number of steps in which the window moves on. Default 10. */
  readonly steps?: number;
  /**
   * The maximum number of keys that are counted separately. Items of further keys are counted under `others`, until a
   * counted key has had no items for a whole window. Default 10,000.
   */
  readonly maxKeys?: number;
  /** The key for the items beyond `maxKeys`. Default `(others)`. */
  readonly others?: string;
  /** The current time, ms. Default: the clock of RxJS, which a `TestScheduler` makes virtual. */
  readonly now?: () => number;
}

/** The items of one key in the window, by step. */
interface Ring {
  readonly counts: number[];
  total: number;
  /** The step that was counted last. */
  at: number;
}

/** Clears the steps that have left the window. */
const advance = (ring: Ring, step: number): void => {
  const { counts } = ring;
  for (let next = Math.max(ring.at + 1, step - counts.length + 1); next <= step; next += 1) {
    const index = next % counts.length;
    ring.total -= counts[index] ?? 0;
    counts[index] = 0;
  }
  ring.at = Math.max(ring.at, step);
};

/**
 * Items per second for each key, over a sliding window. Emits a new map each time that `every$` emits, without the
 * keys that had no items. The count is divided by the time that it covers: the steps of the window (the last one has
 * only begun), or the time since the subscription if that is shorter. So an even stream is off by at most one item in
 * the window; the first values vary more.
 *
 * Keeps `steps` numbers for each key and no items. Each item costs O(1), each emission O(keys). Completes and errors
 * with the source or `every$`.
 *
 * ```
 * source:     a-a-b-----
 * every$:     ----x----x       (window of 5 in 5 steps)
 * result:     ----1----2       1: a 500, b 250   2: none
 * ```
 *
 * @example
 * client.messages$.pipe(rate({ key: ({ conversationId }) => conversationId, every$: interval(1_000) }));
 */
export const rate = <T>({
  key,
  every$,
  window = 10_000,
  steps = 10,
  maxKeys = 10_000,
  others = '(others)',
  now = () => asyncScheduler.now(),
}: RateOptions<T>): OperatorFunction<T, ReadonlyMap<string, number>> => {
  requireCount('steps', steps);
  requireCount('maxKeys', maxKeys);
  requireTime('window', window);
  const stepAt = (time: number): number => Math.floor((time * steps) / window);
  return gathered(every$, () => {
    const start = now();
    const rings = new Map<string, Ring>();
    const ringOf = (name: string, step: number): Ring => {
      const known = rings.get(name);
      if (known !== undefined) return known;
      if (rings.size >= maxKeys && name !== others) return ringOf(others, step);
      const ring: Ring = { counts: Array.from({ length: steps }, () => 0), total: 0, at: step };
      rings.set(name, ring);
      return ring;
    };
    /** The time that the counts of all keys cover, ms. At least 1, because clocks have no finer resolution. */
    const covered = (time: number): number =>
      Math.max(1, Math.min(time - start, time - ((stepAt(time) - steps + 1) * window) / steps));
    return {
      add: (item) => {
        const step = stepAt(now());
        const ring = ringOf(key(item), step);
        advance(ring, step);
        const index = ring.at % steps;
        ring.counts[index] = (ring.counts[index] ?? 0) + 1;
        ring.total += 1;
      },
      tell: () => {
        const time = now();
        const step = stepAt(time);
        const ms = covered(time);
        const rates = new Map<string, number>();
        for (const [name, ring] of rings) {
          advance(ring, step);
          if (ring.total === 0) rings.delete(name);
          else rates.set(name, (ring.total * 1_000) / ms);
        }
        return rates;
      },
    };
  });
};

import { asyncScheduler, type Observable, type OperatorFunction } from 'rxjs';
import { requireCount } from '../backpressure/pressure.js';
import { gathered } from './gathered.js';

export interface RateOptions<T> {
  /** What to count by: a conversation, a sender, a type. */
  readonly key: (item: T) => string;
  /** When to tell. */
  readonly every$: Observable<unknown>;
  /** How far back is counted, ms. Default 10,000. */
  readonly window?: number;
  /** In so many steps the window moves on. Default 10. */
  readonly steps?: number;
  /** So many keys are counted each for itself; items of any further one count for `others`, until a key has had none for a window. Default 10,000. */
  readonly maxKeys?: number;
  /** The key of those beyond `maxKeys`. Default `(others)`. */
  readonly others?: string;
  /** The time, ms. Default: RxJS's, which a `TestScheduler` makes virtual. */
  readonly now?: () => number;
}

/** Items of one key in the window, by step. */
interface Ring {
  readonly counts: number[];
  total: number;
  /** The step that was counted last. */
  at: number;
}

/** Empties the steps that have left the window. */
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
 * Items a second by key, over a sliding window: emitted with each `every$`, as a new map, keys without items left out. A window that is not full yet counts as one, so that rates start low.
 *
 * Keeps `steps` numbers for each key and no items. Each item costs O(1), each emission O(keys). Completes with the source or `every$`, errors as they do.
 *
 * ```
 * source:     a-a-b-----
 * every$:     -----x---x       (window of 4)
 * result:     -----1---2       1: a 250, b 250   2: none
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
  if (!(window > 0)) throw new RangeError(`window should be a number of ms above 0, but is ${String(window)}`);
  const stepNow = (): number => Math.floor((now() * steps) / window);
  return gathered(every$, () => {
    const rings = new Map<string, Ring>();
    const ringOf = (name: string, step: number): Ring => {
      const known = rings.get(name);
      if (known !== undefined) return known;
      if (rings.size >= maxKeys && name !== others) return ringOf(others, step);
      const ring: Ring = { counts: Array.from({ length: steps }, () => 0), total: 0, at: step };
      rings.set(name, ring);
      return ring;
    };
    return {
      add: (item) => {
        const step = stepNow();
        const ring = ringOf(key(item), step);
        advance(ring, step);
        const index = ring.at % steps;
        ring.counts[index] = (ring.counts[index] ?? 0) + 1;
        ring.total += 1;
      },
      tell: () => {
        const step = stepNow();
        const rates = new Map<string, number>();
        for (const [name, ring] of rings) {
          advance(ring, step);
          if (ring.total === 0) rings.delete(name);
          else rates.set(name, (ring.total * 1_000) / window);
        }
        return rates;
      },
    };
  });
};

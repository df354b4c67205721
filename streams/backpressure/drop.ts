import { defined } from '../../codecs/defined.js';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { requireCount } from './limits.js';
import { counter, crossings, type StrategyOptions } from './pressure.js';
import type { Item } from './queue.js';
import { ranking } from './ranking.js';
import { strategy, type Rules, type Strategy, type Waiting } from './strategy.js';

/**
 * A strategy with a bound. If more items wait, it drops the item that `victim` returns, one after the other. Its
 * pressure marks are the bound and half of the bound.
 */
const bounded = <T>(
  bound: number,
  { pressureObserver, now }: StrategyOptions,
  select: (
    waiting: Waiting<T>,
  ) => Pick<Rules<T>, 'added' | 'changed' | 'removed'> & { readonly victim: () => Item<T> | undefined },
): Strategy<T> => {
  requireCount('the bound of a queue', bound);
  return {
    ...defined({ now }),
    rulesFor: (waiting) => {
      const { size, drop } = waiting;
      const { victim, ...rules } = select(waiting);
      const { count, settled } = counter(waiting, pressureObserver);
      const crossing = crossings(bound, Math.floor(bound / 2));
      return {
        ...rules,
        trim: () => {
          while (size() > bound) {
            const item = victim();
            if (item === undefined) return;
            drop(item);
            count();
          }
        },
        settled: () => {
          settled(crossing(size()));
        },
      };
    },
  };
};

/** The strategy behind `dropOldest`. */
export const newestOnly = <T>(bound: number, options: StrategyOptions): Strategy<T> =>
  bounded(bound, options, ({ oldest }) => ({ victim: oldest }));

/**
 * Keeps the newest `bound` items while the consumer behind it is busy, and drops the oldest: for lists and tails.
 * Each item costs O(1).
 *
 * A strategy emits nothing by itself. A consumer must follow it directly, or after other strategies: `batch`,
 * `sample`, `consume`, `toAsyncIterable` or `toReadableStream`. Any other subscriber gets the error `NoDemand`.
 * Completes when the source has completed and all items are taken. Errors with the source, at once. Its pressure
 * marks are the bound and half of the bound.
 *
 * @param bound how many items may wait
 * @example
 * messages$.pipe(dropOldest(500), consume((message) => show(message)));
 */
export const dropOldest = <T>(bound: number, options: StrategyOptions = {}): MonoTypeOperatorFunction<T> =>
  strategy('dropOldest', newestOnly(bound, options));

/**
 * Keeps the first `bound` items while the consumer behind it is busy, and drops later ones: to see how a burst begins.
 * Otherwise as `dropOldest`.
 *
 * @param bound how many items may wait
 * @example
 * messages$.pipe(dropNewest(100), batch({ ready$: interval(1_000) }));
 */
export const dropNewest = <T>(bound: number, options: StrategyOptions = {}): MonoTypeOperatorFunction<T> =>
  strategy(
    'dropNewest',
    bounded<T>(bound, options, ({ newest }) => ({ victim: newest })),
  );

/**
 * Keeps the `bound` items of the highest rank. It drops an item of the lowest rank first, and of that rank the
 * oldest; that may be the new item. For danmaku, where a gift ranks above a text. Kept items are emitted in the order
 * of arrival; use `batch({ max, rank })` to take the highest rank first. Each item costs O(log r) for r different
 * ranks that wait at the same time. Otherwise as `dropOldest`.
 *
 * @param bound how many items may wait
 * @param rank the higher, the longer it is kept; asked once for each item
 * @example
 * room.messages$.pipe(
 *   dropByPriority(200, ({ body }) => (body._tag === 'Text' ? 0 : 1)),
 *   batch({ ready$: animationFrames() }),
 * );
 */
export const dropByPriority = <T>(
  bound: number,
  rank: (value: T) => number,
  options: StrategyOptions = {},
): MonoTypeOperatorFunction<T> =>
  strategy(
    'dropByPriority',
    bounded<T>(bound, options, () => {
      const { add, remove, first } = ranking(rank, 'lowest first');
      return {
        added: add,
        removed: remove,
        changed: (item) => {
          remove(item);
          add(item);
        },
        victim: first,
      };
    }),
  );

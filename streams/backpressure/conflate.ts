import { defined } from '../../codecs/defined.js';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { requireCount } from './limits.js';
import { counter, crossings, type StrategyOptions } from './pressure.js';
import type { Item } from './queue.js';
import { strategy } from './strategy.js';

export interface ConflateOptions<T> extends StrategyOptions {
  /** Combines the waiting value and the new one. Default: the new value. */
  readonly merge?: (waiting: T, value: T) => T;
  /** The upper pressure mark, in keys that wait at the same time. The lower mark is half of it. Default 1,000. */
  readonly mark?: number;
}

/**
 * Keeps the last value of each key while the consumer behind it is busy, and drops the values in between: for
 * dashboards, presence and typing. A newer value takes the place of the waiting one, so that a busy key is not
 * delayed again and again. For `expire`, the age is that of the value. It bounds the queue by the number of keys; if
 * that has no bound, put a strategy with a bound behind it. Each item costs O(1). Otherwise as `dropOldest`.
 *
 * @param key what a value is about
 * @example
 * client.events$.pipe(
 *   filter(isConversationEvent),
 *   conflate(({ conversationId }) => conversationId),
 *   consume((event) => refresh(event)),
 * );
 */
export const conflate = <T>(
  key: (value: T) => unknown,
  options: ConflateOptions<T> = {},
): MonoTypeOperatorFunction<T> => {
  const { merge = (_: T, value: T) => value, mark = 1_000, pressureObserver, now } = options;
  requireCount('mark', mark);
  return strategy('conflate', {
    ...defined({ now }),
    rulesFor: (waiting) => {
      const { size } = waiting;
      const { count, settled } = counter(waiting, pressureObserver);
      const byKey = new Map<unknown, Item<T>>();
      const keyOf = new Map<Item<T>, unknown>();
      const crossing = crossings(mark, Math.floor(mark / 2));
      /** The key of the value that has just arrived: `added` is called next. */
      let newest: unknown;
      return {
        merge: (value, at) => {
          newest = key(value);
          const item = byKey.get(newest);
          if (item === undefined) return undefined;
          item.value = merge(item.value, value);
          item.at = at;
          count();
          return item;
        },
        added: (item) => {
          byKey.set(newest, item);
          keyOf.set(item, newest);
        },
        removed: (item) => {
          byKey.delete(keyOf.get(item));
          keyOf.delete(item);
        },
        settled: () => {
          settled(crossing(size()));
        },
      };
    },
  });
};

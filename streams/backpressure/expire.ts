import { defined } from '../../codecs/defined.js';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { counter, crossings, type StrategyOptions } from './pressure.js';
import { strategy } from './strategy.js';

export interface ExpireOptions<T> extends StrategyOptions {
  /**
   * The time from which the age of an item counts, ms, by the same clock as `now`. Default: its arrival. With the
   * `timestamp` of a message, messages that arrive late are dropped, too. That is the server's time: if the local
   * clock is wrong, too many or too few messages are dropped.
   */
  readonly since?: (value: T) => number;
}

/**
 * Drops items that have waited longer than `maxAge` when the consumer takes them: for danmaku, where late is worse
 * than lost. It bounds the age, not the number: combine it with a strategy that has a bound. Each item costs O(1).
 *
 * Its pressure marks: it begins to drop items; nothing waits any more. Otherwise as `dropOldest`.
 *
 * @param maxAge ms
 * @example
 * room.messages$.pipe(expire(2_000), dropOldest(200), batch({ ready$: animationFrames() }));
 */
export const expire = <T>(
  maxAge: number,
  { since, pressureObserver, now }: ExpireOptions<T> = {},
): MonoTypeOperatorFunction<T> => {
  if (!(maxAge >= 0)) throw new RangeError(`maxAge should be a number of ms from 0 on, but is ${String(maxAge)}`);
  return strategy('expire', {
    ...defined({ now }),
    rulesFor: (waiting) => {
      const { size } = waiting;
      const { count, settled } = counter(waiting, pressureObserver);
      const crossing = crossings(1, 0);
      /** Whether an item was dropped since the last check. */
      let hasDropped = false;
      return {
        refuses: ({ value, at }) => {
          if (waiting.now() - (since?.(value) ?? at) <= maxAge) return false;
          count();
          hasDropped = true;
          return true;
        },
        settled: () => {
          // The upper mark is crossed when items are dropped, the lower one when nothing waits any more.
          settled(hasDropped ? crossing(1) : size() === 0 ? crossing(0) : undefined);
          hasDropped = false;
        },
      };
    },
  });
};

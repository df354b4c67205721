import type { MonoTypeOperatorFunction } from 'rxjs';
import { counter, crossings, type StrategyOptions } from './pressure.js';
import { strategy } from './strategy.js';

export interface ExpireOptions<T> extends StrategyOptions {
  /**
   * Since when an item counts as waiting, ms, by the same clock as `now`. Default: since it came. With a message's
   * `timestamp` what came late already is given up, too; it is the server's time, so that a wrong clock here gives up
   * too much or too little.
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
    ...(now === undefined ? {} : { now }),
    rulesFor: (waiting) => {
      const { size } = waiting;
      const { count, settled } = counter(waiting, pressureObserver);
      const crossing = crossings(1, 0);
      /** Something was given up since it was last looked at. */
      let hasDropped = false;
      return {
        refuses: ({ value, at }) => {
          if (waiting.now() - (since?.(value) ?? at) <= maxAge) return false;
          count();
          hasDropped = true;
          return true;
        },
        settled: () => {
          // On the way up what counts is that something was given up; on the way down, that nothing waits.
          settled(hasDropped ? crossing(1) : size() === 0 ? crossing(0) : undefined);
          hasDropped = false;
        },
      };
    },
  });
};

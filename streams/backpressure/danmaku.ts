import { defined } from '../../codecs/defined.js';
import { defer, pipe, type ObservableInput, type OperatorFunction } from 'rxjs';
import { batch } from './batch.js';
import { dropByPriority } from './drop.js';
import { expire, type ExpireOptions } from './expire.js';
import type { Pressure, StrategyOptions } from './pressure.js';

export interface DanmakuOptions<T> extends ExpireOptions<T> {
  /** Emits when the screen is ready for the next comments: `animationFrames()`. */
  readonly ready$: ObservableInput<unknown>;
  /**
   * The rank of a comment. If there are too many, comments of higher rank are kept longer, and are shown first if
   * `max` does not allow all. Default: all comments have the same rank, so the newest are kept.
   */
  readonly rank?: (value: T) => number;
  /** Comments that have waited longer are not shown, ms. Default 2,000. */
  readonly maxAge?: number;
  /** The maximum number of waiting comments. Default 200. */
  readonly bound?: number;
  /**
   * The maximum number of comments shown at a time: those of the highest rank first, and the oldest of a rank first.
   * Default: all that wait.
   */
  readonly max?: number;
}

/**
 * The recipe for bullet comments: `expire(maxAge)`, `dropByPriority(bound, rank)`, `batch({ max, ready$, rank })`.
 * Late comments are dropped. If there are too many, the lowest rank is dropped first. The others are emitted as
 * arrays when the screen is ready, the highest rank first if there are more than `max`. The items of an array are in
 * the order of arrival.
 *
 * Completes and errors with the source or `ready$`. The pressure is `high` while items over `bound` or late ones are
 * dropped; its `dropped` counts both.
 *
 * @example
 * room.messages$
 *   .pipe(danmaku({ ready$: animationFrames(), rank: ({ body }) => (body._tag === 'Text' ? 0 : 1) }))
 *   .subscribe((comments) => fly(comments));
 */
export const danmaku = <T>(options: DanmakuOptions<T>): OperatorFunction<T, readonly T[]> => {
  const { ready$, rank = () => 0, maxAge = 2_000, bound = 200, max = bound, since, pressureObserver, now } = options;
  const pressed = (late: StrategyOptions, over: StrategyOptions): OperatorFunction<T, readonly T[]> =>
    pipe(
      expire<T>(maxAge, { ...defined({ now, since }), ...late }),
      dropByPriority<T>(bound, rank, over),
      batch<T>({ max, ready$, ...(max < bound ? { rank } : {}) }),
    );
  // Wrong options are refused here.
  const silent = pressed({}, {});
  if (pressureObserver === undefined) return silent;
  return (source$) =>
    defer(() => {
      const reports = new Map<string, Pressure>();
      /** Each strategy reports what both have dropped. */
      const reporting = (name: string): StrategyOptions => ({
        pressureObserver: {
          next: (pressure) => {
            const all = [...reports.set(name, pressure).values()];
            pressureObserver.next({
              ...pressure,
              level: all.some(({ level }) => level === 'high') ? 'high' : 'low',
              dropped: all.reduce((sum, { dropped }) => sum + dropped, 0),
            });
          },
        },
      });
      return source$.pipe(pressed(reporting('late'), reporting('over')));
    });
};

import { pipe, type ObservableInput, type OperatorFunction } from 'rxjs';
import { batch } from './batch.js';
import { dropByPriority } from './drop.js';
import { expire, type ExpireOptions } from './expire.js';

export interface DanmakuOptions<T> extends ExpireOptions<T> {
  /** The screen is ready for the next comments: `animationFrames()`. */
  readonly ready$: ObservableInput<unknown>;
  /**
   * What outranks what when there is too much: the higher, the longer it is kept, and the sooner it is shown where
   * `max` lets not all be. Default: all alike, so that the newest stay.
   */
  readonly rank?: (value: T) => number;
  /** What has waited for longer is not shown, ms. Default 2,000. */
  readonly maxAge?: number;
  /** So many wait at most. Default 200. */
  readonly bound?: number;
  /**
   * So many are shown at a time at most: those of the highest rank, and the oldest of one rank. Default: all that
   * wait.
   */
  readonly max?: number;
}

/**
 * The recipe for bullet comments: `expire(maxAge)`, `dropByPriority(bound, rank)`, `batch({ max, ready$, rank })`.
 * Late comments are dropped. If there are too many, the lowest rank is dropped first. The others are emitted as
 * arrays when the
 * screen is ready, the highest rank first if there are more than `max`. The items of an array are in the order of
 * arrival.
 *
 * Completes and errors with the source or `ready$`. Pressure reports the number of waiting items; its `dropped`
 * counts the items over `bound`, not the late ones.
 *
 * @example
 * room.messages$
 *   .pipe(danmaku({ ready$: animationFrames(), rank: ({ body }) => (body._tag === 'Text' ? 0 : 1) }))
 *   .subscribe((comments) => fly(comments));
 */
export const danmaku = <T>(options: DanmakuOptions<T>): OperatorFunction<T, readonly T[]> => {
  const { ready$, rank = () => 0, maxAge = 2_000, bound = 200, max = bound, since, pressureObserver, now } = options;
  const time = now === undefined ? {} : { now };
  return pipe(
    expire<T>(maxAge, { ...time, ...(since === undefined ? {} : { since }) }),
    dropByPriority<T>(bound, rank, pressureObserver === undefined ? {} : { pressureObserver }),
    batch<T>({ max, ready$, ...(max < bound ? { rank } : {}) }),
  );
};

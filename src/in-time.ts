import { map, merge, take, type MonoTypeOperatorFunction } from 'rxjs';
import type { Clock } from './clock.js';

/**
 * Emits the first value of an answer, then completes. Errors with `late()` if there is none within `ms` milliseconds.
 * It waits for the whole time, even if the answer completes without a value.
 */
export const inTime =
  <T>(clock: Pick<Clock, 'after'>, ms: number, late: () => Error): MonoTypeOperatorFunction<T> =>
  (answer$) =>
    merge(
      answer$,
      clock.after(ms).pipe(
        map((): never => {
          throw late();
        }),
      ),
    ).pipe(take(1));

/** Numbers at a pace that changes: for generators. */
import { defer, interval, mergeMap, range, type Observable } from 'rxjs';

/** How often a generator looks at what is due, ms. */
const STEP = 10;

/**
 * Cold: counts from `first` on. `perSecond` tells how many are due per second at a time (ms since the start); it may
 * change with each call. What is late is emitted at once, but never more than a second's worth.
 */
export const paced = (perSecond: (elapsed: number) => number, first = 0): Observable<number> =>
  defer(() => {
    const started = performance.now();
    let [before, due, next] = [0, 0, first];
    return interval(STEP).pipe(
      mergeMap(() => {
        const elapsed = performance.now() - started;
        due += (perSecond(elapsed) * Math.min(1_000, elapsed - before)) / 1_000;
        before = elapsed;
        const count = Math.floor(due);
        due -= count;
        next += count;
        return range(next - count, count);
      }),
    );
  });

/** A clock that notices that the page or the device has slept. */
import { defer, of, switchMap } from 'rxjs';
import type { Clock } from '../clock.js';

/** A timer that is later than this, ms, was held up: an answer may wait behind it, unread. */
const LATE = 10;
/** A timer that is later than this, ms, or a wall clock that has jumped further: there was a sleep. */
const ASLEEP = 2_000;

/**
 * The same clock, but no timer is a verdict about what has not been read yet. A timer that fires late lets what waits
 * be read first. If it is very late, or if the wall clock has jumped against the monotonic clock, `woke` is called
 * before it emits.
 */
export const noticingClock = (clock: Clock, woke: () => void): Clock => ({
  ...clock,
  after: (ms) =>
    defer(() => {
      const [wall, start] = [clock.now(), clock.elapsed()];
      return clock.after(ms).pipe(
        switchMap((fired) => {
          const passed = clock.elapsed() - start;
          const jump = Math.abs(clock.now() - wall - passed);
          if (Math.max(passed - ms, jump) > ASLEEP) woke();
          return passed - ms > LATE ? clock.after(0) : of(fired);
        }),
      );
    }),
});

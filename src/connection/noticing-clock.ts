/** A clock that notices that the page or the device has slept. */
import { defer, of, switchMap } from 'rxjs';
import type { Clock } from '../clock.js';

/** A timer that is later than this, ms, was held up: an answer may wait behind it, unread. */
const LATE = 10;
/** A wall clock that has jumped further than this, ms, shows that there was a sleep. */
const JUMP = 2_000;
/** So does a timer that is later than its own length, which counts as at least so many ms, and at most as `JUMP`. */
const SHORTEST = 200;

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
          const late = passed - ms;
          const hasJumped = Math.abs(clock.now() - wall - passed) > JUMP;
          if (hasJumped || late > Math.min(Math.max(ms, SHORTEST), JUMP)) woke();
          return late > LATE ? clock.after(0) : of(fired);
        }),
      );
    }),
});

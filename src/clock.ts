import { asyncScheduler, switchMap, timer, type Observable } from 'rxjs';

/** Time as the SDK sees it. Tests put a virtual one in its place. */
export interface Clock {
  /** Wall-clock time, ms since 1970. For showing and for age, never for measuring how long something took: it can jump. */
  now(): number;
  /** Monotonic time in ms from an arbitrary start: for durations. */
  elapsed(): number;
  /** Cold: emits once after `ms`, then completes. */
  after(ms: number): Observable<unknown>;
}

/** What a timer of JavaScript can wait, ms, some 24 days: it takes what is longer for nothing at all. */
const LONGEST = 2 ** 31 - 1;

const after = (ms: number): Observable<unknown> => (ms <= LONGEST ? timer(ms) : timer(LONGEST).pipe(switchMap(() => after(ms - LONGEST))));

/** The machine's own time; inside RxJS's `TestScheduler.run` its wall clock and timers are virtual. */
export const systemClock: Clock = {
  now: () => asyncScheduler.now(),
  elapsed: () => performance.now(),
  after,
};

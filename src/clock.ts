import { asyncScheduler, switchMap, timer, type Observable } from 'rxjs';

/** The time that the SDK uses. Tests pass in a virtual clock. */
export interface Clock {
  /** Wall-clock time, ms since 1970. It can jump: use it to show a time or an age, never to measure a duration. */
  now(): number;
  /** Monotonic time, ms since an arbitrary start. Use it to measure durations. */
  elapsed(): number;
  /** Cold: emits once after `ms` milliseconds, then completes. Never errors. */
  after(ms: number): Observable<unknown>;
}

/** The longest delay of a JavaScript timer, ms (about 24 days). A longer delay would fire at once. */
const LONGEST = 2 ** 31 - 1;

const after = (ms: number): Observable<unknown> =>
  ms <= LONGEST ? timer(ms) : timer(LONGEST).pipe(switchMap(() => after(ms - LONGEST)));

let read = 0;
let setBack = 0;

/** The time of the wall clock, but for what it was set back: monotonic, as far as that can be had. */
const forward = (): number => {
  const now = Date.now();
  setBack += Math.max(0, read - now);
  read = now;
  return now + setBack;
};

/**
 * The clock of the system: the default of the `clock` option. It accepts delays of any length. Inside
 * `TestScheduler.run` of RxJS, its wall clock and its timers are virtual.
 *
 * @example createRealtime({ appId, server, clock: { ...systemClock, now: () => serverTime() } });
 */
export const systemClock: Clock = {
  now: () => asyncScheduler.now(),
  // Mini programs have no `performance`.
  elapsed: () => (typeof performance === 'undefined' ? forward() : performance.now()),
  after,
};

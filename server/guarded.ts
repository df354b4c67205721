/**
 * Functions that the application has given: whatever they do, nothing of the server ends. They may throw, reject, or
 * never answer.
 */
import type { ServerClock } from './clock.js';

/** Takes errors that are the server's own fault, or the application's. It never throws. */
export type Report = (error: unknown) => void;

/** Errors that are written within a period. Of further ones, only the number is: an outage must not fill a disk. */
const MOST_WRITTEN = 100;
const PERIOD = 10_000;

/** Writes errors to stderr, as many as can be read. `now`: the monotonic clock, ms. */
export const stderrReport = (
  write: (text: string) => unknown = (text) => process.stderr.write(text),
  now: () => number = () => performance.now(),
): Report => {
  let [began, count] = [-Infinity, 0];
  return (error) => {
    const at = now();
    if (at - began >= PERIOD) {
      if (count > MOST_WRITTEN) write(`${count - MOST_WRITTEN} more errors were not written\n`);
      [began, count] = [at, 0];
    }
    count += 1;
    if (count <= MOST_WRITTEN) write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    else if (count === MOST_WRITTEN + 1) write('there are too many errors: the next ones are only counted\n');
  };
};

/** `onError`, but it never throws. An error of `onError` itself goes to stderr. */
export const guardedReport = (onError: ((error: unknown) => unknown) | undefined): Report => {
  const toStderr = stderrReport();
  if (onError === undefined) return toStderr;
  return (error) => {
    try {
      // An `async` function is allowed where one without a result is expected.
      const result = onError(error);
      if (result instanceof Promise) result.catch(toStderr);
    } catch (failure) {
      toStderr(failure);
    }
  };
};

/** A question with the answer yes or no. If it can't be answered, the error is reported, and the answer is no. */
export const guardedTest =
  <A>(test: (value: A) => boolean, report: Report): ((value: A) => boolean) =>
  (value) => {
    try {
      return test(value);
    } catch (error) {
      report(error);
      return false;
    }
  };

/** The clock, or the system's where it throws or gives no number. Such an error is reported. */
export const guardedClock = (clock: ServerClock, report: Report): ServerClock => ({
  now: () => {
    try {
      const now = clock.now();
      if (Number.isFinite(now)) return now;
      report(new TypeError(`clock: a time in ms should be a number, not ${String(now)}`));
    } catch (error) {
      report(error);
    }
    return Date.now();
  },
  elapsed: () => clock.elapsed?.() ?? performance.now(),
});

/**
 * Functions that the application has given: whatever they do, nothing of the server ends. They may throw, reject, or
 * never answer.
 */
import type { ServerClock } from './clock.js';

/** Takes errors that are the server's own fault, or the application's. It never throws. */
export type Report = (error: unknown) => void;

const toStderr: Report = (error) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
};

/** `onError`, but it never throws. An error of `onError` itself goes to stderr. */
export const guardedReport = (onError: ((error: unknown) => unknown) | undefined): Report => {
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

/** Refusals of what can't be a limit. The mistake is in the program, so that it is thrown where it is made. */

/** Refuses what can't be a number of items. */
export const requireCount = (what: string, count: number): void => {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`${what} should be a whole number from 1 on, but is ${String(count)}`);
};

/** Refuses what can't be a time to measure by. */
export const requireTime = (what: string, ms: number): void => {
  if (!(ms > 0 && ms < Infinity))
    throw new RangeError(`${what} should be a number of ms above 0, but is ${String(ms)}`);
};

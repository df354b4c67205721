/** Checks of limits. A wrong limit is a mistake in the program, so it is thrown where the program makes it. */

/** Throws if the value can't be a number of items. */
export const requireCount = (what: string, count: number): void => {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`${what} should be a whole number from 1 on, but is ${String(count)}`);
};

/** Throws if the value can't be a duration. */
export const requireTime = (what: string, ms: number): void => {
  if (!(ms > 0 && ms < Infinity))
    throw new RangeError(`${what} should be a number of ms above 0, but is ${String(ms)}`);
};

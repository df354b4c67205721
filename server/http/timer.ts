/** The longest time that a timer can run, ms: a longer one would fire at once. */
const MAX_TIMER = 2 ** 31 - 1;

/** A time limit as a time that a timer can run, ms. */
export const timerTime = (limit: number): number => Math.min(MAX_TIMER, limit);

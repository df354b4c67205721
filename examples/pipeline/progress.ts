/** How a pipeline gets on. Pure: takes what was stored and when, gives figures. */

/** The archive at one moment. */
export interface Sample {
  /** ms since 1970. */
  readonly at: number;
  /** Messages stored by this run. */
  readonly stored: number;
  /** The time of the last stored message, ms since 1970; undefined before the first. */
  readonly reached: number | undefined;
  /** How old the last message was when it was stored, ms. */
  readonly age: number;
}

export interface Progress {
  /** Messages a second. */
  readonly rate: number;
  /** ms behind the server. */
  readonly lag: number;
  /** ms until nothing is behind; undefined if it does not catch up. */
  readonly eta: number | undefined;
}

/** Below this it keeps up, ms. */
const KEEPS_UP = 1_000;

/**
 * The lag shrinks by how much faster the log is worked off than it was written: two minutes of log in one minute of
 * work are one minute less.
 */
export const progress = (before: Sample, now: Sample): Progress => {
  const elapsed = Math.max(1, now.at - before.at);
  const gained = before.reached === undefined || now.reached === undefined ? 0 : now.reached - before.reached - elapsed;
  return {
    rate: ((now.stored - before.stored) * 1_000) / elapsed,
    lag: now.age,
    eta: now.age < KEEPS_UP ? 0 : gained > 0 ? (now.age * elapsed) / gained : undefined,
  };
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** One line for a terminal. */
export const line = (total: number, { rate, lag, eta }: Progress): string =>
  [
    `${String(total).padStart(8)} stored`,
    `${rate.toFixed(0).padStart(6)}/s`,
    `lag ${seconds(lag).padStart(9)}`,
    `ETA ${eta === undefined ? 'never at this rate' : eta === 0 ? 'up to date' : seconds(eta)}`,
  ].join('   ');

/**
 * How long to wait before the next attempt to connect, ms.
 *
 * @param attempt - The number of the attempt, from 0.
 * @param random - A source of random numbers from 0 to 1.
 */
export type Backoff = (attempt: number, random: () => number) => number;

/** Options of `exponential`. */
export interface ExponentialOptions {
  /** The wait before the first attempt, ms. Default 1,000. */
  readonly base?: number;
  /** The longest wait, ms. Default 300,000. */
  readonly cap?: number;
  /**
   * Default true: each wait is a random time between half of the full wait and the full wait. So clients that lost
   * the same server do not all come back at the same moment, and none comes back at once. False: each wait is the
   * full wait.
   */
  readonly jitter?: boolean;
}

/**
 * A backoff whose waits double from `base` to `cap`. It is the default of the `backoff` option.
 *
 * @example createRealtime({ appId, server, backoff: exponential({ cap: 30_000 }) });
 */
export const exponential =
  ({ base = 1_000, cap = 300_000, jitter = true }: ExponentialOptions = {}): Backoff =>
  (attempt, random) => {
    const longest = Math.min(cap, base * 2 ** attempt);
    return jitter ? Math.round(longest * (0.5 + random() / 2)) : longest;
  };

/** How long to wait before an attempt to connect: the attempt's number from 0, and a source of random numbers from 0 to 1; ms. */
export type Backoff = (attempt: number, random: () => number) => number;

export interface ExponentialOptions {
  /** The longest wait before the first attempt, ms. Default 1,000. */
  readonly base?: number;
  /** The longest wait of all, ms. Default 300,000. */
  readonly cap?: number;
  /**
   * Default true: the wait is drawn evenly from the upper half of what it would be otherwise, so that many clients that lost one server don't all come back in the same moment,
   * and none comes back at once. False: it is exactly that.
   */
  readonly jitter?: boolean;
}

/**
 * Waits that double from `base` to `cap`.
 *
 * @example createRealtime({ appId, server, backoff: exponential({ cap: 30_000 }) });
 */
export const exponential =
  ({ base = 1_000, cap = 300_000, jitter = true }: ExponentialOptions = {}): Backoff =>
  (attempt, random) => {
    const longest = Math.min(cap, base * 2 ** attempt);
    return jitter ? Math.round(longest * (0.5 + random() / 2)) : longest;
  };

/**
 * How long to wait before the next attempt to connect, ms.
 *
 * @param attempt - The number of the attempt, from 0.
 * @param random - A source of random numbers from 0 to 1.
 */
export type Backoff = (attempt: number, random: () => number) => number;

/** Options of `exponential`. */
export interface ExponentialOptions {
  /** The longest wait before the first attempt, ms. Default 1,000. */
  readonly base?: number;
  /** The longest wait, ms. Default 300,000. */
  readonly cap?: number;
  /**
   * Default true: each wait is a random time up to the full wait ("full jitter"), also the first one. So clients that
   * lost the same server don't come back at the same moment. False: each wait is the full wait.
   */
  readonly jitter?: boolean;
}

/**
 * A backoff whose longest waits double from `base` to `cap`. It is the default of the `backoff` option.
 *
 * @example createRealtime({ appId, server, backoff: exponential({ cap: 30_000 }) });
 */
export const exponential =
  ({ base = 1_000, cap = 300_000, jitter = true }: ExponentialOptions = {}): Backoff =>
  (attempt, random) => {
    const longest = Math.min(cap, base * 2 ** attempt);
    return jitter ? Math.round(longest * random()) : longest;
  };

/**
 * The backoff while clients come back to a server that has named a spread, ms: each comes at any time within it. If
 * it came too early, it comes again within twice the time, since then it would come every `spread` ms on average. So
 * the server never gets more attempts per second than it wants, however long it is away.
 */
export const withSpread = (backoff: Backoff, spread: number | undefined): Backoff =>
  spread === undefined
    ? backoff
    : (attempt, random) =>
        attempt === 0
          ? Math.round(random() * spread)
          : Math.max(Math.round(random() * spread * 2), backoff(attempt, random));

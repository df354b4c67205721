import { timer } from 'rxjs';
import type { ServerClock } from '../../server/clock.js';
import type { Clock } from '../../src/index.node.js';

/**
 * How much faster the clocks of clients and server run than real time. A minute, the unit of rate limits, passes in
 * 1.2 seconds.
 */
export const SPEED = 50;
export const clientClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now() * SPEED,
  after: (ms) => timer(ms / SPEED),
};
/**
 * The same clock, but it never goes back. If the given clock is set back, this clock goes on from the latest time,
 * and stays ahead by the difference.
 */
export const neverBack = (clock: ServerClock): ServerClock => {
  let last = -Infinity;
  let ahead = 0;
  return {
    now: () => {
      const now = clock.now();
      if (now < last) ahead += last - now;
      last = now;
      return now + ahead;
    },
  };
};

/** Time as the server sees it. Tests replace it. */
export interface ServerClock {
  /** ms since 1970. */
  now(): number;
}

/**
 * The same clock, but it never goes back. If the given clock is set back, this clock goes on from the latest time,
 * and stays ahead by the difference. Positions and marks are compared by time, so a later event must not get an
 * earlier time.
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

/** Time as the server sees it. Tests replace it. */
export interface ServerClock {
  /** ms since 1970. */
  now(): number;
}

/**
 * The same clock, but where it is set back it goes on from where it was, ahead by as much: positions and marks are
 * compared by time, so that what comes later must not be earlier.
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

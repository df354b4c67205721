/** Work of many sockets, each in its turn, a slice at a time, so that what comes in is read in between. */

export interface Turns {
  /** Has this called once, soon; asking again before that changes nothing. */
  readonly take: (turn: () => void) => void;
}

/** How long a slice lasts, ms. */
const SLICE = 5;

export const createTurns = (): Turns => {
  const waiting = new Set<() => void>();
  let isScheduled = false;

  const schedule = (): void => {
    isScheduled = true;
    setImmediate(run);
  };

  const run = (): void => {
    isScheduled = false;
    const end = performance.now() + SLICE;
    for (const turn of waiting) {
      // Who asks again meanwhile comes behind all others.
      waiting.delete(turn);
      turn();
      if (performance.now() > end) break;
    }
    if (waiting.size > 0) schedule();
  };

  return {
    take: (turn) => {
      waiting.add(turn);
      if (!isScheduled) schedule();
    },
  };
};

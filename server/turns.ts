/** Work of many sockets, each in its turn, a slice at a time, so that what comes in is read in between. */

export interface Turns {
  /** Has this called once, soon; asking again before that changes nothing. */
  readonly take: (turn: () => void) => void;
}

/** How long a slice lasts, ms. */
const SLICE = 5;

export interface TurnsOptions {
  /** Hears of what a turn throws; the others are taken nevertheless. */
  readonly report: (error: unknown) => void;
  /** The monotonic clock, ms. */
  readonly now?: () => number;
  /** Has something done when the process has looked for what comes in. */
  readonly soon?: (run: () => void) => void;
}

export const createTurns = ({ report, now = () => performance.now(), soon = setImmediate }: TurnsOptions): Turns => {
  const waiting = new Set<() => void>();
  let isScheduled = false;

  const run = (): void => {
    const end = now() + SLICE;
    for (const turn of waiting) {
      // Who asks again meanwhile comes behind all others.
      waiting.delete(turn);
      try {
        turn();
      } catch (error) {
        report(error);
      }
      if (now() > end) break;
    }
    // Not before: whoever asks again meanwhile would have it run twice, and what comes in would wait for both.
    isScheduled = waiting.size > 0;
    if (isScheduled) soon(run);
  };

  return {
    take: (turn) => {
      waiting.add(turn);
      if (isScheduled) return;
      isScheduled = true;
      soon(run);
    },
  };
};

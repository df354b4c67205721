/** Divides the work of many sockets into turns and short slices, so that the process reads input in between. */

export interface Turns {
  /** Calls this once, soon. Asking again before that has no effect. */
  readonly take: (turn: () => void) => void;
  /** The same for short turns: they come before all others. So answers don't wait for a busy chat room. */
  readonly takeFirst: (turn: () => void) => void;
}

/** How long a slice lasts, ms. */
const SLICE = 5;

export interface TurnsOptions {
  /** Called with an error that a turn throws. The other turns are still taken. */
  readonly report: (error: unknown) => void;
  /** The monotonic clock, ms. */
  readonly now?: () => number;
  /** Runs something when the process has read its input. */
  readonly soon?: (run: () => void) => void;
}

export const createTurns = ({ report, now = () => performance.now(), soon = setImmediate }: TurnsOptions): Turns => {
  const first = new Set<() => void>();
  const others = new Set<() => void>();
  let isScheduled = false;

  /** Each kind has its slice, so neither of them has to wait for ever. */
  const slice = (waiting: Set<() => void>): void => {
    const end = now() + SLICE;
    for (const turn of waiting) {
      // A turn that is asked for again meanwhile comes after all others.
      waiting.delete(turn);
      try {
        turn();
      } catch (error) {
        report(error);
      }
      if (now() > end) break;
    }
  };

  const run = (): void => {
    slice(first);
    slice(others);
    // Not reset before the slices: a turn that is asked for meanwhile would schedule a second run, and input would have
    // to wait for both.
    isScheduled = first.size + others.size > 0;
    if (isScheduled) soon(run);
  };

  const takeIn = (waiting: Set<() => void>, turn: () => void): void => {
    waiting.add(turn);
    if (isScheduled) return;
    isScheduled = true;
    soon(run);
  };

  return {
    take: (turn) => {
      takeIn(others, turn);
    },
    takeFirst: (turn) => {
      takeIn(first, turn);
    },
  };
};

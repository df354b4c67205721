/**
 * Divides the event loop between the commands of all sockets. Each command is short, but commands of many sockets may
 * arrive at once, and would all be handled before anything else gets its turn.
 */

export interface CommandTurns {
  /**
   * To be awaited before a command is handled: undefined if it can be handled at once. `isNext`: the socket has had its
   * turn, so others come first.
   */
  readonly take: (isNext: boolean) => Promise<void> | undefined;
}

export interface CommandTurnsOptions {
  /** The monotonic clock, ms. */
  readonly now?: () => number;
  /** Runs something when the process has read its input. */
  readonly soon?: (run: () => void) => void;
}

/** How long commands are handled in one turn of the event loop, ms. A command that has begun is finished. */
const SLICE = 10;
/** Sockets whose commands are handled in one turn of the event loop, while they are quick. */
const MOST = 64;

export const createCommandTurns = ({
  now = () => performance.now(),
  soon = setImmediate,
}: CommandTurnsOptions = {}): CommandTurns => {
  const waiting: (() => void)[] = [];
  let isScheduled = false;
  let began = 0;
  let atOnce = 1;

  const run = (): void => {
    const at = now();
    // It is not known how long the next ones take, so it depends on the last ones.
    atOnce = at - began > SLICE ? Math.max(1, atOnce >> 1) : Math.min(MOST, atOnce * 2);
    began = at;
    for (const wake of waiting.splice(0, atOnce)) wake();
    isScheduled = waiting.length > 0;
    if (isScheduled) soon(run);
  };

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    began = now();
    soon(run);
  };

  return {
    take: (isNext) => {
      const isFree = !isNext && waiting.length === 0 && (!isScheduled || now() - began < SLICE);
      schedule();
      return isFree
        ? undefined
        : new Promise((resolve) => {
            waiting.push(resolve);
          });
    },
  };
};

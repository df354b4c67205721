/** The times of a cluster, ms. */

/** How often the lease is renewed. */
export const BEAT = 500;
/** A process ends its lease so long before the others do. */
export const SAFETY = 500;
/** How long before what is known to have arrived something may be lost: clocks and commits are not exact. */
export const MARGIN = 500;
/** A message may be committed so long after its time: a session that has come meanwhile has not seen it. */
export const COMMIT_TIME = 2_000;
/** A wire that has not confirmed for so long is taken for broken. */
export const CONFIRM_TIME = 2_000;
/** The time between two looks for what is lost. */
export const LOOK_PERIOD = 1_000;
/** A sender waits for what is before its message no longer than this. */
export const LONGEST_TURN = 5_000;

/** Runs something later. It keeps no process alive. */
export const soon = (ms: number, run: () => void): NodeJS.Timeout => setTimeout(run, ms).unref();

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    soon(ms, resolve);
  });

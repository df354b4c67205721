/** Lets a command with many parts pause between them, so that other sockets are read meanwhile. */

/** How long a command works before it pauses, ms. */
const SLICE = 5;

/**
 * A function to be awaited between two parts: it waits for the next turn of the event loop if the parts since the last
 * one have taken some time. The store in memory never waits, so a command would have the process for itself otherwise.
 */
export const breather = (
  now: () => number = () => performance.now(),
  soon: (run: () => void) => void = setImmediate,
): (() => Promise<void> | undefined) => {
  let end = now() + SLICE;
  return () => {
    if (now() < end) return undefined;
    return new Promise((resolve) => {
      soon(() => {
        end = now() + SLICE;
        resolve();
      });
    });
  };
};

/**
 * Bounds the memory of all connections together. Each has bounds of its own, but many connections at their bounds could
 * fill the memory of the server.
 */

/** How often the connections are looked at, ms. */
const PERIOD = 1_000;

/** What of a connection waits: commands that are not handled yet, and frames that the client has not read yet. */
export interface Waiting {
  waitingBytes(): number;
  /** Closes the connection at once, and forgets what waits. */
  abandon(): void;
}

/** Those with the most bytes: without them, the others have at most `limit` bytes together. */
export const heaviest = <T>(of: readonly (readonly [bytes: number, T])[], limit: number): readonly T[] => {
  let sum = of.reduce((total, [bytes]) => total + bytes, 0);
  if (sum <= limit) return [];
  return [...of]
    .sort(([a], [b]) => b - a)
    .flatMap(([bytes, one]) => {
      if (sum <= limit) return [];
      sum -= bytes;
      return [one];
    });
};

/** Abandons the heaviest connections while more than `limit` bytes wait. Returns the function that stops it. */
export const boundMemory = (
  connections: Iterable<Waiting>,
  limit: number,
  report: (error: Error) => void,
): (() => void) => {
  const timer = setInterval(() => {
    const over = heaviest(
      Array.from(connections, (connection) => [connection.waitingBytes(), connection] as const),
      limit,
    );
    for (const connection of over) connection.abandon();
    if (over.length > 0)
      report(
        new Error(`more than ${limit} bytes waited in all, so the ${over.length} heaviest connections were closed`),
      );
  }, PERIOD);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
};

/** How clients come back to the server, or to another one, without all of them coming at once. */

/** The code of a close after which clients come back. */
export const GOING_AWAY = 1001;
/** The longest time that clients accept, ms. */
const LONGEST = 300_000;
/** Time between two batches, ms. */
const PERIOD = 100;

/** Whether there is a rate to keep to. */
const isRate = (perSecond: number): boolean => perSecond > 0 && perSecond < Infinity;

/** The time over which so many clients are spread, ms. */
export const spreadOf = (clients: number, perSecond: number): number =>
  isRate(perSecond) ? Math.min(Math.ceil((clients * 1_000) / perSecond), LONGEST) : 0;

/**
 * The reason of a close after which clients come back: so many clients, at so many per second. At its end it names the
 * time over which they are spread, ms. Our client reads it; others show the text.
 */
export const closeReason = (text: string, clients: number, perSecond: number): string =>
  isRate(perSecond) ? `${text}; spread=${String(spreadOf(clients, perSecond))}` : text;

/** The time in which clients that come back are counted together, ms. */
const TOGETHER = 1_000;

/**
 * The reasons of closes of single sockets whose clients come back. They are spread over a second at least, and over
 * more if there were many in this second.
 */
export const returningClients = (
  perSecond: () => number,
  now = (): number => performance.now(),
): ((text: string) => string) => {
  let [count, since] = [0, -Infinity];
  return (text) => {
    if (now() - since > TOGETHER) [count, since] = [0, now()];
    count += 1;
    const rate = perSecond();
    return closeReason(text, Math.max(count, rate), rate);
  };
};

/**
 * Calls `act` with each item, so many per second: the first ones before this returns. The timer between batches keeps
 * no process alive. Returns a function that leaves out the rest.
 */
export const inBatches = <T>(items: readonly T[], perSecond: number, act: (item: T) => void): (() => void) => {
  const size = isRate(perSecond) ? Math.max(1, Math.round((perSecond * PERIOD) / 1_000)) : items.length;
  const period = Math.min((size * 1_000) / perSecond, LONGEST);
  let done = 0;
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    items.slice(done, done + size).forEach(act);
    done += size;
    if (done < items.length) timer = setTimeout(next, period).unref();
  };
  next();
  return () => clearTimeout(timer);
};

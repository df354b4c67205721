/**
 * Looks after the time limits of all connections: one timer for all of them, since a timer for each would take memory,
 * and would be set again for each frame.
 */
import { timerTime } from './http/timer.js';

/** A connection with time limits. */
export interface Limited {
  /** Ends the connection if its time is over. Gives when it has to be looked at again, by the monotonic clock, ms. */
  expire(now: number): number;
}

export interface Overdue {
  /** A connection has come that has to be looked at by this time. */
  readonly added: (due: number) => void;
  readonly stop: () => void;
}

export interface OverdueOptions {
  readonly connections: Iterable<Limited>;
  /** The time limits, ms. */
  readonly limits: readonly number[];
  /** The monotonic clock, ms. */
  readonly now?: () => number;
}

/** The longest time between a limit and its effect, ms. It is less for a short limit. */
const LATE = 1_000;
/** The same, as a share of the limit. */
const SHARE = 1 / 20;

/** Ends connections when their time is over, at most a little later. */
export const overdue = ({ connections, limits, now = () => performance.now() }: OverdueOptions): Overdue => {
  const late = Math.min(LATE, ...limits.map((limit) => limit * SHARE));
  let timer: NodeJS.Timeout | undefined;
  let at = Infinity;

  const look = (): void => {
    const time = now();
    at = Infinity;
    let next = Infinity;
    for (const connection of connections) next = Math.min(next, connection.expire(time));
    // All connections are looked at, so this is not done for each of them.
    lookAt(Math.max(next, time + late));
  };

  const lookAt = (due: number): void => {
    if (due >= at) return;
    clearTimeout(timer);
    at = due;
    timer = setTimeout(look, timerTime(Math.max(1, due - now()))).unref();
  };

  return {
    added: lookAt,
    stop: () => {
      clearTimeout(timer);
    },
  };
};

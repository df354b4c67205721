import { Subscription } from 'rxjs';
import type { Clock } from './clock.js';

export interface Deadlines<K> {
  /** Begins the time of a key. */
  readonly begin: (key: K) => void;
  readonly end: (key: K) => void;
  /** Ends all of them, and the timer. */
  readonly clear: () => void;
}

/**
 * Time limits that all have the same length, with one timer for all of them. `over` is called with a key whose time is
 * over. The timer is not stopped when keys end: that would cost as much as a timer for each.
 */
export const deadlines = <K>(
  clock: Pick<Clock, 'after' | 'elapsed'>,
  limit: number,
  over: (key: K) => void,
): Deadlines<K> => {
  /** The end of each by `elapsed`, the earliest first. */
  const ends = new Map<K, number>();
  let timer = Subscription.EMPTY;

  const wait = (now: number): void => {
    const [earliest] = ends.values();
    if (earliest === undefined) return;
    timer = clock.after(earliest - now).subscribe(() => {
      // A timer may fire a little early.
      const then = Math.max(earliest, clock.elapsed());
      timer = Subscription.EMPTY;
      // A key that begins again meanwhile has its whole time.
      const due: [K, number][] = [];
      for (const entry of ends) {
        if (entry[1] > then) break;
        due.push(entry);
      }
      for (const [key, end] of due) {
        if (ends.get(key) !== end) continue;
        ends.delete(key);
        over(key);
      }
      if (timer.closed) wait(then);
    });
  };

  return {
    begin: (key) => {
      if (limit === Infinity) return;
      const now = clock.elapsed();
      ends.delete(key);
      ends.set(key, now + limit);
      if (timer.closed) wait(now);
    },
    end: (key) => {
      ends.delete(key);
    },
    clear: () => {
      ends.clear();
      timer.unsubscribe();
    },
  };
};

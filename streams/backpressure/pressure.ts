import type { Observer, Subscription } from 'rxjs';
import type { Item } from './queue.js';

/** How full a strategy's queue is. */
export interface Pressure {
  /**
   * `high`: the queue has reached its upper mark, and not come down to the lower one since. `low`: it has not reached
   * the upper one, or is down at the lower one again.
   */
  readonly level: 'high' | 'low';
  /** Items that wait. */
  readonly queued: number;
  /** Items that this strategy has given up, or merged into others, since it was subscribed to. */
  readonly dropped: number;
  /**
   * For how long the first in the queue has had its place, ms; none has had one for longer. Behind `conflate` a place
   * is a key's: it counts from the first of the values that were merged in it.
   */
  readonly oldestAge: number;
  /** The source stands still for this queue. */
  readonly paused: boolean;
}

/** What every strategy takes. */
export interface StrategyOptions {
  /**
   * Hears of the pressure: when it crosses a mark, once on the way up, once on the way down; in between, while it is
   * above, when the first item is given up and whenever `dropped` has doubled since it was last told, so that n items
   * given up
   * cost no more than log2 n reports; and when the queue ends, however it does, where something was given up since
   * the last report. So the last report has the number of all that were given up. A `Subject` of yours, or anything
   * else with `next`.
   *
   * @example
   * const pressure$ = new Subject<Pressure>();
   * messages$.pipe(dropOldest(500, { pressureObserver: pressure$ }), consume(render));
   */
  readonly pressureObserver?: Pick<Observer<Pressure>, 'next'>;
  /**
   * The time, ms, by which ages are measured; where several strategies of one queue name one, the last does. Default:
   * RxJS's, which a `TestScheduler` makes virtual.
   */
  readonly now?: () => number;
}

/** What is told of a queue. */
interface Told {
  readonly size: () => number;
  readonly oldest: () => Pick<Item<unknown>, 'since'> | undefined;
  readonly now: () => number;
}

/** How to tell of the pressure of a queue. */
export const teller =
  ({ size, oldest, now }: Told, observer: StrategyOptions['pressureObserver']) =>
  (level: Pressure['level'], dropped: number, paused = false): void => {
    const time = now();
    observer?.next({ level, queued: size(), dropped, oldestAge: time - (oldest()?.since ?? time), paused });
  };

/** Tells crossings: up when the queue is at `high`, down when it is at `low`. */
export const crossings = (high: number, low: number): ((size: number) => Pressure['level'] | undefined) => {
  let isAbove = false;
  return (size) => {
    if (isAbove ? size > low : size < high) return undefined;
    isAbove = !isAbove;
    return isAbove ? 'high' : 'low';
  };
};

/** Counts what a strategy gives up, and tells of the pressure of its queue when it is time to. */
export interface Counter {
  /** One item was given up. */
  readonly count: () => void;
  /** Time to tell, of a crossing or of what was given up. */
  readonly settled: (crossed: Pressure['level'] | undefined) => void;
}

export const counter = (
  waiting: Told & { readonly subscription: Subscription },
  observer: StrategyOptions['pressureObserver'],
): Counter => {
  const { subscription } = waiting;
  const tell = teller(waiting, observer);
  let level: Pressure['level'] = 'low';
  let dropped = 0;
  let told = 0;
  const report = (): void => {
    told = dropped;
    tell(level, dropped);
  };
  subscription.add(() => {
    if (dropped > told) report();
  });
  return {
    count: () => {
      dropped += 1;
    },
    settled: (crossed) => {
      // The last word has been said.
      if (subscription.closed) return;
      level = crossed ?? level;
      if (crossed !== undefined || (level === 'high' && dropped >= Math.max(1, 2 * told))) report();
    },
  };
};

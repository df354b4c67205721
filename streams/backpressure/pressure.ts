import type { Observer, Subscription } from 'rxjs';
import type { Item } from './queue.js';

/** How full a strategy's queue is. */
export interface Pressure {
  /**
   * `high`: the queue has reached its upper mark and has not come down to the lower one since. `low`: it has not
   * reached the upper mark, or has come down to the lower one again.
   */
  readonly level: 'high' | 'low';
  /** The number of waiting items. */
  readonly queued: number;
  /** The number of items that this strategy has dropped, or merged into others, since its subscription. */
  readonly dropped: number;
  /**
   * How long the first item has had its place in the queue, ms. No other item has had its place longer. Behind
   * `conflate`, a place belongs to a key: its time counts from the first of the values that were merged into it.
   */
  readonly oldestAge: number;
  /** Whether the source is held for this queue. */
  readonly paused: boolean;
}

/** The options of every strategy. */
export interface StrategyOptions {
  /**
   * Receives the pressure. It is reported when it crosses a mark: once on the way up, once on the way down. While it
   * is above, it is also reported when the first item is dropped, and whenever `dropped` has doubled since the last
   * report. So n dropped items cost at most log2 n reports. When the queue ends in any way, it is reported if items
   * were dropped since the last report. So the last report counts all dropped items. Pass a `Subject`, or any object
   * with `next`.
   *
   * @example
   * const pressure$ = new Subject<Pressure>();
   * messages$.pipe(dropOldest(500, { pressureObserver: pressure$ }), consume(render));
   */
  readonly pressureObserver?: Pick<Observer<Pressure>, 'next'>;
  /**
   * The current time, ms, from which ages are computed. If several strategies of one queue have this option, the last
   * one counts. Default: the clock of RxJS, which a `TestScheduler` makes virtual.
   */
  readonly now?: () => number;
}

/** The data of a pressure report. */
interface Told {
  readonly size: () => number;
  readonly oldest: () => Pick<Item<unknown>, 'since'> | undefined;
  readonly now: () => number;
}

/** How to report the pressure of a queue. */
export const teller =
  ({ size, oldest, now }: Told, observer: StrategyOptions['pressureObserver']) =>
  (level: Pressure['level'], dropped: number, paused = false): void => {
    const time = now();
    observer?.next({ level, queued: size(), dropped, oldestAge: time - (oldest()?.since ?? time), paused });
  };

/** Reports crossings: up when the queue is at `high`, down when it is at `low`. */
export const crossings = (high: number, low: number): ((size: number) => Pressure['level'] | undefined) => {
  let isAbove = false;
  return (size) => {
    if (isAbove ? size > low : size < high) return undefined;
    isAbove = !isAbove;
    return isAbove ? 'high' : 'low';
  };
};

/** Counts the items that a strategy drops, and reports the pressure of its queue. */
export interface Counter {
  /** Counts one dropped item. */
  readonly count: () => void;
  /** Reports a crossing or dropped items, if there is anything to report. */
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
      // The last report has been made.
      if (subscription.closed) return;
      level = crossed ?? level;
      if (crossed !== undefined || (level === 'high' && dropped >= Math.max(1, 2 * told))) report();
    },
  };
};

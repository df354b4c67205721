import type { Observer } from 'rxjs';
import type { Item } from './queue.js';

/** How full a strategy's queue is, told when it crosses a mark. */
export interface Pressure {
  /** `high`: the upper mark was reached. `low`: the queue is down at the lower one again. In between nothing is told. */
  readonly level: 'high' | 'low';
  /** Items that wait. */
  readonly queued: number;
  /** Items that this strategy has given up, or merged into others, since it was subscribed to. */
  readonly dropped: number;
  /** How long the oldest has waited, ms. */
  readonly oldestAge: number;
  /** The source stands still for this queue. */
  readonly paused: boolean;
}

/** What every strategy takes. */
export interface StrategyOptions {
  /**
   * Hears of the pressure when it crosses a mark: once on the way up, once on the way down. A `Subject` of yours, or anything else with `next`.
   *
   * @example
   * const pressure$ = new Subject<Pressure>();
   * messages$.pipe(dropOldest(500, { pressureObserver: pressure$ }), consume(render));
   */
  readonly pressureObserver?: Pick<Observer<Pressure>, 'next'>;
  /** The time, ms, by which ages are measured; where several strategies of one queue name one, the last does. Default: RxJS's, which a `TestScheduler` makes virtual. */
  readonly now?: () => number;
}

/** What is told of a queue. */
interface Told {
  readonly size: () => number;
  readonly oldest: () => Pick<Item<unknown>, 'at'> | undefined;
  readonly now: () => number;
}

/** How to tell of the pressure of a queue. */
export const teller =
  ({ size, oldest, now }: Told, observer: StrategyOptions['pressureObserver']) =>
  (level: Pressure['level'], dropped: number, paused = false): void => {
    const time = now();
    observer?.next({ level, queued: size(), dropped, oldestAge: time - (oldest()?.at ?? time), paused });
  };

/** Refuses what can't be a number of items. The mistake is in the program, so that it is thrown where it is made. */
export const requireCount = (what: string, count: number): void => {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`${what} should be a whole number from 1 on, but is ${String(count)}`);
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

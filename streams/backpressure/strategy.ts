/**
 * How strategies and consumers work together. RxJS has no signal for demand, so that an operator alone can't know
 * when what it holds is wanted. Therefore a strategy is data: an Observable that remembers which source it is of, and
 * by which
 * rules its queue goes. The consumer right behind it (`batch`, `sample`, `consume`, `toAsyncIterable`) makes one
 * queue by all these rules, subscribes to the source, and takes from the queue as it gets ready.
 */
import { Observable, Subject, Subscription, asyncScheduler, takeUntil, type OperatorFunction } from 'rxjs';
import { NoDemand, NoStrategy } from './errors.js';
import type { StrategyOptions } from './pressure.js';
import { createQueue, type Item, type Queue } from './queue.js';

/** What a rule may do with the queue. */
export interface Waiting<T> extends Pick<Queue<T>, 'size' | 'oldest' | 'newest'> {
  /** Takes an item out and forgets it. */
  readonly drop: (item: Item<T>) => void;
  readonly now: () => number;
  /** Ends everything: nothing may give way. */
  readonly fail: (error: unknown) => void;
  /** Lives as long as the queue. */
  readonly subscription: Subscription;
}

/**
 * What a strategy does with what comes and waits. Every part is optional; each is called for all rules of a queue, in
 * the order in which they were piped.
 */
export interface Rules<T> {
  /** Something comes: true where it has become part of an item that waits, which is then returned. */
  readonly merge?: (value: T, at: number) => Item<T> | undefined;
  readonly added?: (item: Item<T>) => void;
  readonly changed?: (item: Item<T>) => void;
  readonly removed?: (item: Item<T>) => void;
  /** The item that should be taken first where not all can be; the oldest, without it. */
  readonly first?: () => Item<T> | undefined;
  /** An item is not wanted any more, as it is about to leave the queue; who says so has counted it. */
  readonly refuses?: (item: Item<T>) => boolean;
  /** There may be too many. */
  readonly trim?: () => void;
  /** Something has changed: time to look at the marks. */
  readonly settled?: () => void;
}

/** A strategy: makes its rules for a queue. */
export interface Strategy<T> extends Pick<StrategyOptions, 'now'> {
  readonly rulesFor: (waiting: Waiting<T>) => Rules<T>;
}

/** Who takes from a queue. */
export interface Consumer {
  /** Something waits. Called for each item that comes; what was taken meanwhile is not there any more. */
  readonly arrived: () => void;
  readonly failed: (error: unknown) => void;
  /** Nothing more will come. */
  readonly ended: () => void;
}

/** A queue as its consumer sees it. */
export interface Supply<T> {
  readonly size: () => number;
  /** Takes the oldest item that is still wanted. */
  readonly take: () => Pick<Item<T>, 'value'> | undefined;
  /**
   * Takes up to so many, at least 1, of those that are still wanted, in the order in which they came: all, or those
   * that a rule wants first, or the oldest.
   */
  readonly takeUpTo: (max: number) => readonly T[];
  /** Subscribes to the source; what it gives at once is told to the consumer meanwhile. */
  readonly start: () => void;
  readonly subscription: Subscription;
}

const STRATEGIES = Symbol('strategies');
const SUPPLIES = Symbol('supplies');

interface Held<T> extends Observable<T> {
  readonly [STRATEGIES]: { readonly source$: Observable<T>; readonly strategies: readonly Strategy<T>[] };
}

interface Supplying<T> extends Observable<T> {
  readonly [SUPPLIES]: (consumer: Consumer) => Supply<T>;
}

const isHeld = <T>(source$: Observable<T>): source$ is Held<T> => STRATEGIES in source$;
const isSupplying = <T>(source$: Observable<T>): source$ is Supplying<T> => SUPPLIES in source$;

/** True for what was made by strategies: it has a queue with a bound, and is to be taken from. */
export const hasStrategy = (source$: Observable<unknown>): boolean => isHeld(source$) || isSupplying(source$);

const undemanded = <T>(operator: string): Observable<T> =>
  new Observable((subscriber) => {
    subscriber.error(new NoDemand(operator));
  });

/** An operator that adds a strategy to those before it. */
export const strategy =
  <T>(operator: string, added: Strategy<T>): ((source$: Observable<T>) => Observable<T>) =>
  (source$) => {
    const before = isHeld(source$) ? source$[STRATEGIES] : { source$, strategies: [] };
    return Object.assign(undemanded<T>(operator), {
      [STRATEGIES]: { ...before, strategies: [...before.strategies, added] },
    });
  };

/** Takes one after the other. */
const manyOf = <T>(take: Supply<T>['take'], max: number): readonly T[] => {
  const values: T[] = [];
  for (let item = take(); item !== undefined; item = values.length < max ? take() : undefined) values.push(item.value);
  return values;
};

const queueOf = <T>(source$: Observable<T>, strategies: readonly Strategy<T>[], consumer: Consumer): Supply<T> => {
  const queue = createQueue<T>();
  const subscription = new Subscription();
  const now = strategies.findLast((each) => each.now !== undefined)?.now ?? (() => asyncScheduler.now());
  let hasFailed = false;
  // A source that gives everything at once hears of an unsubscription only so before it has given all.
  const stopped = new Subject<void>();
  subscription.add(() => {
    stopped.next();
  });

  const fail = (error: unknown): void => {
    if (hasFailed) return;
    hasFailed = true;
    subscription.unsubscribe();
    consumer.failed(error);
  };
  const remove = (item: Item<T>): void => {
    queue.remove(item);
    for (const { removed } of rules) removed?.(item);
  };
  const waiting: Waiting<T> = {
    size: queue.size,
    oldest: queue.oldest,
    newest: queue.newest,
    drop: remove,
    now,
    fail,
    subscription,
  };
  const rules = strategies.map(({ rulesFor }) => rulesFor(waiting));

  const isRefused = (item: Item<T>): boolean => rules.some(({ refuses }) => refuses?.(item) === true);
  const settle = (): void => {
    for (const { settled } of rules) settled?.();
  };
  const merged = (value: T, at: number): Item<T> | undefined => {
    for (const { merge } of rules) {
      const item = merge?.(value, at);
      if (item !== undefined) return item;
    }
    return undefined;
  };
  /** What nobody wants any more makes room before anything else does. */
  const purge = (): void => {
    for (let item = queue.oldest(); item !== undefined && isRefused(item); item = queue.oldest()) remove(item);
  };

  const admit = (value: T): void => {
    const at = now();
    const changed = merged(value, at);
    if (changed === undefined) {
      const item = queue.append(value, at);
      for (const { added } of rules) added?.(item);
      purge();
      for (const { trim } of rules) trim?.();
    } else for (const rule of rules) rule.changed?.(changed);
  };
  /** What the application's functions throw arrives in the error channel, as with RxJS's operators. */
  const attempt = <A>(step: () => A): A | undefined => {
    try {
      return step();
    } catch (error) {
      fail(error);
      return undefined;
    }
  };
  const takeOldest = (): Item<T> | undefined => {
    purge();
    const item = queue.oldest();
    if (item !== undefined) remove(item);
    settle();
    return item;
  };
  const takeFirst = (max: number, first: () => Item<T> | undefined): readonly T[] => {
    const items: Item<T>[] = [];
    purge();
    for (let item = first(); item !== undefined; item = items.length < max ? first() : undefined) {
      // Those at the head are the oldest as a rule, but not where an item's age is its own affair.
      if (!isRefused(item)) items.push(item);
      remove(item);
    }
    settle();
    return items.sort((a, b) => a.order - b.order).map(({ value }) => value);
  };
  const firstOf = rules.find(({ first }) => first !== undefined)?.first;

  return {
    size: queue.size,
    subscription,
    take: () => attempt(takeOldest),
    takeUpTo: (max) =>
      firstOf === undefined || queue.size() <= max
        ? manyOf(() => attempt(takeOldest), max)
        : (attempt(() => takeFirst(max, firstOf)) ?? []),
    start: () => {
      subscription.add(
        source$.pipe(takeUntil(stopped)).subscribe({
          next: (value) => {
            attempt(() => {
              admit(value);
            });
            if (hasFailed) return;
            consumer.arrived();
            // What a consumer takes at once has never waited.
            attempt(settle);
          },
          error: fail,
          complete: () => {
            if (!subscription.closed) consumer.ended();
          },
        }),
      );
    },
  };
};

export interface SupplyOptions<T> {
  /** Of the consumer, for the error. */
  readonly operator: string;
  readonly consumer: Consumer;
  /** A strategy of the consumer's own; without one, a source that has no strategy is refused. */
  readonly own?: Strategy<T>;
  /** What says in which order is taken, and bounds nothing. */
  readonly order?: Strategy<T>;
}

/**
 * What a consumer takes from; it fails with `NoStrategy` where any number of items might have to wait. Nothing
 * happens before `start`.
 */
export const supplyOf = <T>(
  source$: Observable<T>,
  { operator, consumer, own, order }: SupplyOptions<T>,
): Supply<T> => {
  if (isSupplying(source$)) return source$[SUPPLIES](consumer);
  const { source$: origin$, strategies } = isHeld(source$) ? source$[STRATEGIES] : { source$, strategies: [] };
  const bounding = own === undefined ? strategies : [...strategies, own];
  const supply = queueOf(origin$, order === undefined ? bounding : [...bounding, order], consumer);
  if (bounding.length > 0) return supply;
  return {
    ...supply,
    start: () => {
      consumer.failed(new NoStrategy(operator));
    },
  };
};

/** An operator that changes how things are taken: what is behind it takes what `change` makes of what is before it. */
export const resupplied =
  <T, R>(
    { operator, order }: Pick<SupplyOptions<T>, 'operator' | 'order'>,
    change: (supply: Supply<T>) => Supply<R>['take'],
  ): OperatorFunction<T, R> =>
  (source$) =>
    Object.assign(undemanded<R>(operator), {
      [SUPPLIES]: (consumer: Consumer): Supply<R> => {
        const supply = supplyOf(source$, { operator, consumer, ...(order === undefined ? {} : { order }) });
        const take = change(supply);
        return { ...supply, take, takeUpTo: (max) => manyOf(take, max) };
      },
    });

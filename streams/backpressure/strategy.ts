/**
 * How strategies and consumers work together. RxJS has no signal for demand, so an operator alone can't know when its
 * items are wanted. Therefore a strategy is data: an Observable that remembers its source and the rules of its queue.
 * The consumer directly behind it (`batch`, `sample`, `consume`, `toAsyncIterable`) makes one queue with all these
 * rules, subscribes to the source, and takes items from the queue when it is ready.
 */
import { defined } from '../../codecs/defined.js';
import { Observable, Subject, Subscription, asyncScheduler, takeUntil, type OperatorFunction } from 'rxjs';
import { NoDemand, NoStrategy } from './errors.js';
import type { StrategyOptions } from './pressure.js';
import { createQueue, type Item, type Queue } from './queue.js';

/** The operations on the queue that a rule may use. */
export interface Waiting<T> extends Pick<Queue<T>, 'size' | 'oldest' | 'newest'> {
  /** Removes an item from the queue. */
  readonly drop: (item: Item<T>) => void;
  readonly now: () => number;
  /** Ends the queue with an error, if no item may be dropped. */
  readonly fail: (error: unknown) => void;
  /** The subscription that lives as long as the queue. */
  readonly subscription: Subscription;
}

/**
 * How a strategy treats arriving and waiting items. Every part is optional. The parts of all rules of a queue are
 * called in the order in which the strategies were piped.
 */
export interface Rules<T> {
  /** Called when a value arrives. If the value becomes part of a waiting item, it returns that item. */
  readonly merge?: (value: T, at: number) => Item<T> | undefined;
  readonly added?: (item: Item<T>) => void;
  readonly changed?: (item: Item<T>) => void;
  readonly removed?: (item: Item<T>) => void;
  /** The item to take first if not all can be taken. Without it, the oldest item is taken. */
  readonly first?: () => Item<T> | undefined;
  /**
   * Whether an item that is about to leave the queue is not wanted any more. A rule that returns true has counted the
   * item as dropped.
   */
  readonly refuses?: (item: Item<T>) => boolean;
  /** Called when there may be too many items. */
  readonly trim?: () => void;
  /** Called after a change, to check the pressure marks. */
  readonly settled?: () => void;
}

/** A strategy makes its rules for each queue. */
export interface Strategy<T> extends Pick<StrategyOptions, 'now'> {
  readonly rulesFor: (waiting: Waiting<T>) => Rules<T>;
}

/** The consumer that takes items from a queue. */
export interface Consumer {
  /** Called for each item that arrives. The item may be gone already if the consumer took it meanwhile. */
  readonly arrived: () => void;
  readonly failed: (error: unknown) => void;
  /** Called when no more items will arrive. */
  readonly ended: () => void;
}

/** A queue as its consumer sees it. */
export interface Supply<T> {
  readonly size: () => number;
  /** Takes the oldest item that is still wanted. */
  readonly take: () => Pick<Item<T>, 'value'> | undefined;
  /**
   * Takes up to `max` items (at least 1) that are still wanted, in the order of arrival: all of them, or those that a
   * rule wants first, or the oldest.
   */
  readonly takeUpTo: (max: number) => readonly T[];
  /** Subscribes to the source. Items that the source emits synchronously reach the consumer during this call. */
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

/** True for an Observable made by strategies: it has a bounded queue, and a consumer must take its items. */
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

/** Takes items one after the other. */
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
  // A source that emits everything synchronously notices an unsubscription before its end only through this notifier.
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
    size: () => queue.size(),
    oldest: () => queue.oldest(),
    newest: () => queue.newest(),
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
  /** Removes unwanted items before any other item has to make room. */
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
  /** Errors thrown by functions of the application go to the error channel, as with RxJS's operators. */
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
      // The items at the head are usually the oldest, but not if a rule defines the age of an item itself.
      if (!isRefused(item)) items.push(item);
      remove(item);
    }
    settle();
    return items.sort((a, b) => a.order - b.order).map(({ value }) => value);
  };
  const firstOf = rules.find(({ first }) => first !== undefined)?.first;

  return {
    size: waiting.size,
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
            // An item that the consumer takes at once has never waited.
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
  /** The name of the consumer's operator, for the error. */
  readonly operator: string;
  readonly consumer: Consumer;
  /** The consumer's own strategy. Without one, a source that has no strategy is refused. */
  readonly own?: Strategy<T>;
  /** The strategy that defines the order of taking. It bounds nothing. */
  readonly order?: Strategy<T>;
}

/**
 * Makes the queue for a consumer. It fails with `NoStrategy` if the number of waiting items would have no bound.
 * Nothing happens before `start`.
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

/**
 * An operator that changes how items are taken: the consumer behind it takes what `change` makes of the queue before
 * it.
 */
export const resupplied =
  <T, R>(
    { operator, order }: Pick<SupplyOptions<T>, 'operator' | 'order'>,
    change: (supply: Supply<T>) => Supply<R>['take'],
  ): OperatorFunction<T, R> =>
  (source$) =>
    Object.assign(undemanded<R>(operator), {
      [SUPPLIES]: (consumer: Consumer): Supply<R> => {
        const supply = supplyOf(source$, { operator, consumer, ...defined({ order }) });
        const take = change(supply);
        return { ...supply, take, takeUpTo: (max) => manyOf(take, max) };
      },
    });

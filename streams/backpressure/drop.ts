import type { MonoTypeOperatorFunction } from 'rxjs';
import { crossings, requireCount, teller, type StrategyOptions } from './pressure.js';
import { createQueue, type Item, type Queue } from './queue.js';
import { strategy, type Rules, type Strategy, type Waiting } from './strategy.js';

/** A strategy with a bound: over it, one item after the other is given up, as `victim` says. Its marks are the bound and half of it. */
const bounded = <T>(
  bound: number,
  { pressureObserver, now }: StrategyOptions,
  select: (waiting: Waiting<T>) => Pick<Rules<T>, 'added' | 'changed' | 'removed'> & { readonly victim: () => Item<T> | undefined },
): Strategy<T> => {
  requireCount('the bound of a queue', bound);
  return {
    ...(now === undefined ? {} : { now }),
    rulesFor: (waiting) => {
      const { size, drop } = waiting;
      const { victim, ...rules } = select(waiting);
      const tell = teller(waiting, pressureObserver);
      const crossing = crossings(bound, Math.floor(bound / 2));
      let dropped = 0;
      return {
        ...rules,
        trim: () => {
          while (size() > bound) {
            const item = victim();
            if (item === undefined) return;
            drop(item);
            dropped += 1;
          }
        },
        settled: () => {
          const level = crossing(size());
          if (level !== undefined) tell(level, dropped);
        },
      };
    },
  };
};

/** The strategy behind `dropOldest`. */
export const newestOnly = <T>(bound: number, options: StrategyOptions): Strategy<T> =>
  bounded(bound, options, ({ oldest }) => ({ victim: oldest }));

/**
 * Keeps the newest `bound` items while the consumer behind it is busy, and gives up the oldest: for lists and tails. Each item costs O(1).
 *
 * Passes nothing by itself: `batch`, `sample`, `consume`, `toAsyncIterable` or `toReadableStream` has to come right behind it, or other strategies and then one of these; subscribed to by anything else it errors with `NoDemand`.
 * Completes when the source has and everything is taken; errors as the source does, at once. Its marks are the bound and half of it.
 *
 * @param bound how many items may wait
 * @example
 * messages$.pipe(dropOldest(500), consume((message) => show(message)));
 */
export const dropOldest = <T>(bound: number, options: StrategyOptions = {}): MonoTypeOperatorFunction<T> =>
  strategy('dropOldest', newestOnly(bound, options));

/**
 * Keeps the first `bound` items while the consumer behind it is busy, and gives up what comes then: for audits of how a burst begins. Otherwise as `dropOldest`.
 *
 * @param bound how many items may wait
 * @example
 * messages$.pipe(dropNewest(100), batch({ ready$: interval(1_000) }));
 */
export const dropNewest = <T>(bound: number, options: StrategyOptions = {}): MonoTypeOperatorFunction<T> =>
  strategy(
    'dropNewest',
    bounded<T>(bound, options, ({ newest }) => ({ victim: newest })),
  );

/** Where a rank is, or belongs, in an ascending list. */
const placeOf = (ranks: readonly number[], rank: number): number => {
  let low = 0;
  let high = ranks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranks[middle] ?? Infinity) < rank) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Items by rank; within a rank in the order in which they came. */
const ranking = <T>(rank: (value: T) => number) => {
  type Peers = Queue<Item<T>>;
  const byRank = new Map<number, Peers>();
  /** Ascending. */
  const ranks: number[] = [];
  const places = new Map<Item<T>, { readonly rank: number; readonly peers: Peers; readonly place: Item<Item<T>> }>();

  const peersOf = (itsRank: number): Peers => {
    const known = byRank.get(itsRank);
    if (known !== undefined) return known;
    const peers = createQueue<Item<T>>();
    byRank.set(itsRank, peers);
    ranks.splice(placeOf(ranks, itsRank), 0, itsRank);
    return peers;
  };
  return {
    add: (item: Item<T>): void => {
      const given = rank(item.value);
      // Not a number is no rank: the lowest.
      const itsRank = Number.isNaN(given) ? -Infinity : given;
      const peers = peersOf(itsRank);
      places.set(item, { rank: itsRank, peers, place: peers.append(item, item.at) });
    },
    remove: (item: Item<T>): void => {
      const known = places.get(item);
      if (known === undefined) return;
      places.delete(item);
      known.peers.remove(known.place);
      if (known.peers.size() > 0) return;
      byRank.delete(known.rank);
      ranks.splice(placeOf(ranks, known.rank), 1);
    },
    lowest: (): Item<T> | undefined => {
      const [first] = ranks;
      return first === undefined ? undefined : byRank.get(first)?.oldest()?.value;
    },
  };
};

/**
 * Keeps the `bound` items of the highest rank, and the newest of one rank: what is lowest is given up first, of that the oldest; the new item, where it is the lowest. For danmaku, where a gift outranks a text. What is kept comes in the order
 * in which it came. Each item costs O(log r) for r different ranks that wait at a time. Otherwise as `dropOldest`.
 *
 * @param bound how many items may wait
 * @param rank the higher, the longer it is kept; asked once for each item
 * @example
 * room.messages$.pipe(dropByPriority(200, ({ body }) => (body._tag === 'Text' ? 0 : 1)), batch({ ready$: animationFrames() }));
 */
export const dropByPriority = <T>(bound: number, rank: (value: T) => number, options: StrategyOptions = {}): MonoTypeOperatorFunction<T> =>
  strategy(
    'dropByPriority',
    bounded<T>(bound, options, () => {
      const { add, remove, lowest } = ranking(rank);
      return {
        added: add,
        removed: remove,
        changed: (item) => {
          remove(item);
          add(item);
        },
        victim: lowest,
      };
    }),
  );

import { placeOf } from '../binary-search.js';
import { createQueue, type Item, type Queue } from './queue.js';

/** Items by rank; within a rank in the order in which they came. */
export interface Ranking<T> {
  readonly add: (item: Item<T>) => void;
  readonly remove: (item: Item<T>) => void;
  /** The first of the lowest rank. */
  readonly lowest: () => Item<T> | undefined;
  /** The first of the highest rank. */
  readonly highest: () => Item<T> | undefined;
}

/** Where a rank is, or belongs, in an ascending list. */
const placeOfRank = (ranks: readonly number[], rank: number): number => placeOf(ranks, (other) => other < rank);

/**
 * Each step costs O(log r) for r different ranks at a time, and a move in an array of them where one comes or goes.
 */
export const ranking = <T>(rank: (value: T) => number): Ranking<T> => {
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
    ranks.splice(placeOfRank(ranks, itsRank), 0, itsRank);
    return peers;
  };
  const firstOf = (itsRank: number | undefined): Item<T> | undefined =>
    itsRank === undefined ? undefined : byRank.get(itsRank)?.oldest()?.value;
  return {
    add: (item) => {
      const given = rank(item.value);
      // Not a number is no rank: the lowest.
      const itsRank = Number.isNaN(given) ? -Infinity : given;
      const peers = peersOf(itsRank);
      places.set(item, { rank: itsRank, peers, place: peers.append(item, item.at) });
    },
    remove: (item) => {
      const known = places.get(item);
      if (known === undefined) return;
      places.delete(item);
      known.peers.remove(known.place);
      if (known.peers.size() > 0) return;
      byRank.delete(known.rank);
      ranks.splice(placeOfRank(ranks, known.rank), 1);
    },
    lowest: () => firstOf(ranks[0]),
    highest: () => firstOf(ranks.at(-1)),
  };
};

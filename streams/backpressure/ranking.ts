import { placeOf } from '../binary-search.js';
import { createQueue, type Item, type Queue } from './queue.js';

/** Items by rank. Within a rank, they are in the order of arrival. */
export interface Ranking<T> {
  readonly add: (item: Item<T>) => void;
  readonly remove: (item: Item<T>) => void;
  /** The first item of the lowest rank. */
  readonly lowest: () => Item<T> | undefined;
  /** The first item of the highest rank. */
  readonly highest: () => Item<T> | undefined;
}

/** The index of a rank in an ascending list, or the index at which it belongs. */
const placeOfRank = (ranks: readonly number[], rank: number): number => placeOf(ranks, (other) => other < rank);

/**
 * Each step costs O(log r) for r different ranks at the same time. If a rank is added or removed, an array of r ranks
 * is shifted too.
 */
export const ranking = <T>(rank: (value: T) => number): Ranking<T> => {
  type Peers = Queue<Item<T>>;
  const byRank = new Map<number, Peers>();
  /** In ascending order. */
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
      // NaN counts as the lowest rank.
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

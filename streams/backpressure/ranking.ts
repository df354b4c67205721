import { append, unlink, type Item, type Linked, type LinkedList } from './queue.js';

/** Items by rank. Within a rank, they are in the order of arrival. */
export interface Ranking<T> {
  readonly add: (item: Item<T>) => void;
  readonly remove: (item: Item<T>) => void;
  /** The first item of the first rank. */
  readonly first: () => Item<T> | undefined;
}

/** The items of one rank. */
interface Peers<T> extends LinkedList<Ranked<T>> {
  /** The rank, or its negative if the highest rank is the first one. */
  readonly key: number;
  /** The place of this rank in the heap. */
  place: number;
}

interface Ranked<T> extends Linked<Ranked<T>> {
  readonly item: Item<T>;
  readonly peers: Peers<T>;
}

/**
 * Items in the order of their ranks: the lowest or the highest rank is the first one. Each step costs O(log r) for r
 * different ranks at the same time: the ranks are a heap, and each knows its place there.
 */
export const ranking = <T>(rank: (value: T) => number, order: 'lowest first' | 'highest first'): Ranking<T> => {
  const byKey = new Map<number, Peers<T>>();
  /** Each rank is at a place after the one at half its place. */
  const heap: Peers<T>[] = [];
  const ranked = new Map<Item<T>, Ranked<T>>();
  const sign = order === 'lowest first' ? 1 : -1;

  const put = (peers: Peers<T>, place: number): void => {
    heap[place] = peers;
    peers.place = place;
  };
  /** Puts a rank into a free place, or as far up or down from there as it belongs. */
  const settle = (peers: Peers<T>, free: number): void => {
    let place = free;
    for (;;) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.key <= peers.key) break;
      put(parent, place);
      place = above;
    }
    for (;;) {
      const left = heap[2 * place + 1];
      const right = heap[2 * place + 2];
      const child = left !== undefined && right !== undefined && right.key < left.key ? right : left;
      if (child === undefined || child.key >= peers.key) break;
      const below = child.place;
      put(child, place);
      place = below;
    }
    put(peers, place);
  };

  const peersOf = (key: number): Peers<T> => {
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const peers: Peers<T> = { key, place: heap.length, first: undefined, last: undefined };
    byKey.set(key, peers);
    settle(peers, heap.length);
    return peers;
  };

  return {
    add: (item) => {
      const given = rank(item.value);
      // NaN counts as the lowest rank.
      const peers = peersOf((Number.isNaN(given) ? -Infinity : given) * sign);
      const link: Ranked<T> = { item, peers, previous: undefined, next: undefined };
      append(peers, link);
      ranked.set(item, link);
    },
    remove: (item) => {
      const link = ranked.get(item);
      if (link === undefined) return;
      ranked.delete(item);
      const { peers } = link;
      unlink(peers, link);
      if (peers.first !== undefined) return;
      byKey.delete(peers.key);
      const last = heap.pop();
      if (last !== undefined && last !== peers) settle(last, peers.place);
    },
    first: () => heap[0]?.first?.item,
  };
};

/** A queue that allows removing items from the middle. Each step takes constant time. */

/** A waiting item. */
export interface Item<T> {
  value: T;
  /** The arrival time of its value, ms. */
  at: number;
  /** The time at which it took its place, ms. A newer value may have replaced its value since. */
  readonly since: number;
  /** Its serial number among all items. Places are in this order. */
  readonly order: number;
}

interface Link<T> extends Item<T> {
  previous: Link<T> | undefined;
  next: Link<T> | undefined;
}

/** Items in the order of arrival. */
export interface Queue<T> {
  readonly size: () => number;
  readonly oldest: () => Item<T> | undefined;
  readonly newest: () => Item<T> | undefined;
  /** Appends a value. */
  readonly append: (value: T, at: number) => Item<T>;
  /** Removes an item of this queue, wherever it is. */
  readonly remove: (item: Item<T>) => void;
}

/**
 * A doubly linked list. An array would have to move all items behind a removed one, and a `Set` walks over the holes
 * that removing the first item leaves.
 */
export const createQueue = <T>(): Queue<T> => {
  let first: Link<T> | undefined;
  let last: Link<T> | undefined;
  let size = 0;
  let order = 0;
  return {
    size: () => size,
    oldest: () => first,
    newest: () => last,
    append: (value, at) => {
      const link: Link<T> = { value, at, since: at, order, previous: last, next: undefined };
      order += 1;
      if (last === undefined) first = link;
      else last.next = link;
      last = link;
      size += 1;
      return link;
    },
    remove: (item) => {
      const link = item as Link<T>;
      const { previous, next } = link;
      if (previous === undefined) first = next;
      else previous.next = next;
      if (next === undefined) last = previous;
      else next.previous = previous;
      size -= 1;
      // If an old GC generation kept a removed link, the link would keep all later items in memory.
      link.previous = link.next = undefined;
    },
  };
};

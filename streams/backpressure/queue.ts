/** A queue from the middle of which items can be taken, each step in constant time. */

/** Something that waits. */
export interface Item<T> {
  value: T;
  /** When its value came, ms. */
  at: number;
  /** When it took its place, ms: another value may have come for it since. */
  readonly since: number;
  /** Its number among all that have come: the order of places. */
  readonly order: number;
}

interface Link<T> extends Item<T> {
  previous: Link<T> | undefined;
  next: Link<T> | undefined;
}

/** Items in the order in which they came. */
export interface Queue<T> {
  readonly size: () => number;
  readonly oldest: () => Item<T> | undefined;
  readonly newest: () => Item<T> | undefined;
  /** Puts a value last. */
  readonly append: (value: T, at: number) => Item<T>;
  /** Takes an item of this queue out, wherever it is. */
  readonly remove: (item: Item<T>) => void;
}

/**
 * A doubly linked list: an array has to move what is behind an item that goes, and a `Set` walks over the holes that
 * taking the first one leaves.
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
      // A dead link that an old generation holds would keep all that came behind it.
      link.previous = link.next = undefined;
    },
  };
};

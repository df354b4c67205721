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

/** A link of a list. */
export interface Linked<L> {
  previous: L | undefined;
  next: L | undefined;
}

/**
 * A doubly linked list. An array would have to move all items behind a removed one, and a `Set` walks over the holes
 * that removing the first item leaves.
 */
export interface LinkedList<L> {
  first: L | undefined;
  last: L | undefined;
}

export const append = <L extends Linked<L>>(list: LinkedList<L>, link: L): void => {
  link.previous = list.last;
  if (list.last === undefined) list.first = link;
  else list.last.next = link;
  list.last = link;
};

/** Removes a link of this list. */
export const unlink = <L extends Linked<L>>(list: LinkedList<L>, link: L): void => {
  const { previous, next } = link;
  if (previous === undefined) list.first = next;
  else previous.next = next;
  if (next === undefined) list.last = previous;
  else next.previous = previous;
  // If an old GC generation kept a removed link, the link would keep all later items in memory.
  link.previous = link.next = undefined;
};

/** Items in the order of arrival. */
export interface Queue<T> {
  size(): number;
  oldest(): Item<T> | undefined;
  newest(): Item<T> | undefined;
  /** Appends a value. */
  append(value: T, at: number): Item<T>;
  /** Removes an item of this queue, wherever it is. */
  remove(item: Item<T>): void;
}

interface Link<T> extends Item<T>, Linked<Link<T>> {}

/** A class: there may be a queue for each of many keys, and its methods are shared. */
class LinkedQueue<T> implements Queue<T> {
  private readonly list: LinkedList<Link<T>> = { first: undefined, last: undefined };
  private count = 0;
  private order = 0;

  size(): number {
    return this.count;
  }
  oldest(): Item<T> | undefined {
    return this.list.first;
  }
  newest(): Item<T> | undefined {
    return this.list.last;
  }
  append(value: T, at: number): Item<T> {
    const link: Link<T> = { value, at, since: at, order: this.order, previous: undefined, next: undefined };
    append(this.list, link);
    this.order += 1;
    this.count += 1;
    return link;
  }
  remove(item: Item<T>): void {
    unlink(this.list, item as Link<T>);
    this.count -= 1;
  }
}

export const createQueue = <T>(): Queue<T> => new LinkedQueue<T>();

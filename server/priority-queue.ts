/** Items that wait for a slow receiver, each with a priority: 1 high, 2 normal, 3 low. */
import type { RoomPriority } from './notice.js';

export interface PriorityQueue<T> {
  readonly size: () => number;
  /**
   * Adds an item. If there are too many items then, drops one and gives it: the oldest of the lowest priority, but
   * never a high one.
   */
  readonly add: (item: T, priority: RoomPriority) => Dropped<T> | undefined;
  /** Takes the item that has waited longest. Items keep their order, whatever their priority. */
  readonly take: () => T | undefined;
}

/** An item that was dropped. */
interface Dropped<T> {
  readonly item: T;
  readonly priority: RoomPriority;
}

interface Lane<T> {
  items: T[];
  /**
   * The number of each item, in the order of adding. A separate array, because an object for each item would cost
   * more than everything else.
   */
  orders: number[];
  head: number;
}

const LEAST_FIRST: readonly RoomPriority[] = [3, 2];
const ALL: readonly RoomPriority[] = [1, 2, 3];
/** The front of a lane is cut off after this many items were taken. */
const CUT_AT = 256;

const emptyLane = <T>(): Lane<T> => ({ items: [], orders: [], head: 0 });

const takeFrom = <T>(lane: Lane<T>): T | undefined => {
  const first = lane.items[lane.head];
  if (first === undefined) return undefined;
  lane.head += 1;
  if (lane.head >= CUT_AT && lane.head * 2 >= lane.items.length) {
    lane.items = lane.items.slice(lane.head);
    lane.orders = lane.orders.slice(lane.head);
    lane.head = 0;
  }
  return first;
};

/**
 * A queue for at most `limit` items of normal and low priority. High items are always kept, so the caller has to
 * limit them.
 */
export const createPriorityQueue = <T>(limit: number): PriorityQueue<T> => {
  const lanes: Readonly<Record<RoomPriority, Lane<T>>> = { 1: emptyLane(), 2: emptyLane(), 3: emptyLane() };
  let size = 0;
  let order = 0;

  const orderOf = (priority: RoomPriority): number => lanes[priority].orders[lanes[priority].head] ?? Infinity;

  const drop = (): Dropped<T> | undefined => {
    const priority = LEAST_FIRST.find((lane) => orderOf(lane) !== Infinity);
    const item = priority === undefined ? undefined : takeFrom(lanes[priority]);
    if (priority === undefined || item === undefined) return undefined;
    size -= 1;
    return { item, priority };
  };

  return {
    size: () => size,
    add: (item, priority) => {
      lanes[priority].items.push(item);
      lanes[priority].orders.push(order);
      order += 1;
      size += 1;
      return size > limit ? drop() : undefined;
    },
    take: () => {
      if (size === 0) return undefined;
      size -= 1;
      return takeFrom(lanes[ALL.reduce((first, priority) => (orderOf(priority) < orderOf(first) ? priority : first))]);
    },
  };
};

/** What waits for a slow receiver, each with a priority: 1 high, 2 normal, 3 low. */
import type { RoomPriority } from './notice.js';

export interface PriorityQueue<T> {
  readonly size: () => number;
  /**
   * Adds an item; where there are too many then, gives the one that was dropped: the oldest of those that count
   * least, but none of a high priority.
   */
  readonly add: (item: T, priority: RoomPriority) => Dropped<T> | undefined;
  /** Takes the item that has waited longest; items keep their order, whatever their priority. */
  readonly take: () => T | undefined;
}

/** What has given way. */
interface Dropped<T> {
  readonly item: T;
  readonly priority: RoomPriority;
}

interface Lane<T> {
  items: T[];
  /** When each was added: beside the items, since an object for each would cost more than all the rest. */
  orders: number[];
  head: number;
}

const LEAST_FIRST: readonly RoomPriority[] = [3, 2];
const ALL: readonly RoomPriority[] = [1, 2, 3];
/** A lane's front is cut off when so much of it has been taken. */
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
 * A queue in which at most `limit` items of normal and low priority wait; those of high priority wait however many
 * they are, so that whoever fills it has to bound them.
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

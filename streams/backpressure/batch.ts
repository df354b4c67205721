import { Observable, type ObservableInput, from, type OperatorFunction } from 'rxjs';
import { requireCount } from './limits.js';
import { ranking } from './ranking.js';
import { hasStrategy, resupplied, supplyOf, type Strategy } from './strategy.js';

export interface BatchOptions<T = unknown> {
  /** The maximum number of items in an array. Default: 1,000. */
  readonly max?: number;
  /**
   * Emits when the consumer is ready for an array: `animationFrames()`, `interval(100)`. Without it, the consumer
   * behind this operator (`consume`, `toAsyncIterable`) asks for the arrays.
   */
  readonly ready$?: ObservableInput<unknown>;
  /**
   * Which items are taken first if more than `max` wait: the highest rank, and the oldest items of a rank. Within an
   * array, items are in the order of arrival. Default: the oldest items.
   */
  readonly rank?: (value: T) => number;
}

/** Makes the queue give the items of the highest rank first. */
const highestFirst = <T>(rank: (value: T) => number): Strategy<T> => ({
  rulesFor: () => {
    const { add, remove, first } = ranking(rank, 'highest first');
    return {
      added: add,
      removed: remove,
      changed: (item) => {
        remove(item);
        add(item);
      },
      first,
    };
  },
});

/**
 * Emits the items as arrays of up to `max`: for drawing and for writing to databases. It drops nothing. Each item
 * costs O(1); with `rank`, O(log r) for r different ranks that wait at the same time.
 *
 * With `ready$`, it emits the waiting items each time that `ready$` emits; never an empty array. Behind a strategy,
 * items over `max` wait for the next time. Without a strategy, a full array is emitted at once, so that never more
 * than `max` items wait. When the source or `ready$` completes, it emits the remaining items, then completes. Errors
 * with either, at once.
 *
 * Without `ready$`, a strategy must come before it, and `consume`, `toAsyncIterable` or `toReadableStream` directly
 * behind it.
 *
 * With `rank`, items of low rank may wait for a long time: put `expire` before it. Errors with what `rank` throws. It
 * reports no pressure; the strategy before it does.
 *
 * @example
 * room.messages$
 *   .pipe(expire(2_000), dropOldest(200), batch({ ready$: animationFrames() }))
 *   .subscribe((messages) => draw(messages));
 * @example
 * client.messages$.pipe(
 *   lossless({ high: 1_000, hold: realtime.hold }),
 *   batch({ max: 500 }),
 *   consume((messages) => insert(messages)),
 * );
 */
export const batch = <T>({ max = 1_000, ready$, rank }: BatchOptions<T> = {}): OperatorFunction<T, readonly T[]> => {
  requireCount('max', max);
  const order = rank === undefined ? {} : { order: highestFirst(rank) };
  if (ready$ === undefined) {
    return resupplied({ operator: 'batch', ...order }, ({ takeUpTo }) => () => {
      const value = takeUpTo(max);
      return value.length === 0 ? undefined : { value };
    });
  }
  return (source$) =>
    new Observable<readonly T[]>((subscriber) => {
      const flush = (): void => {
        const values = supply.takeUpTo(max);
        if (values.length > 0) subscriber.next(values);
      };
      const finish = (): void => {
        while (supply.size() > 0 && !subscriber.closed) flush();
        subscriber.complete();
      };
      const failed = (error: unknown): void => {
        subscriber.error(error);
      };
      const isBounded = hasStrategy(source$);
      const supply = supplyOf(source$, {
        operator: 'batch',
        consumer: {
          arrived: () => {
            if (!isBounded && supply.size() >= max) flush();
          },
          failed,
          ended: finish,
        },
        ...order,
        // Full arrays are emitted at once: this keeps the number of waiting items bounded.
        ...(isBounded ? {} : { own: { rulesFor: () => ({}) } }),
      });
      subscriber.add(supply.subscription);
      subscriber.add(from(ready$).subscribe({ next: flush, error: failed, complete: finish }));
      if (!subscriber.closed) supply.start();
    });
};

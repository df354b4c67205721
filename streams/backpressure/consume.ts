import { Observable, defer, type ObservableInput, type OperatorFunction } from 'rxjs';
import { requireCount } from './limits.js';
import { supplyOf } from './strategy.js';

export interface ConsumeOptions {
  /** How many items are worked on at the same time. Default 1: one after the other. */
  readonly concurrency?: number;
}

/**
 * Runs the consumer: takes an item from the queue of the strategy before it, and takes the next item when the
 * Observable of `project` has completed. It works like `concatMap` and `mergeMap`, but without their hidden queue
 * that has no bound.
 *
 * Cold. Emits the values of the projected Observables. Completes when the source has completed and all work is done.
 * Errors with the source or the work, at once; with `NoStrategy` if no strategy comes before it.
 *
 * @param project the work for one item (for an array of them behind `batch({ max })`)
 * @example
 * client.messages$
 *   .pipe(
 *     lossless({ high: 1_000, hold: realtime.hold }),
 *     consume((message) => archive(message)),
 *   )
 *   .subscribe();
 */
export const consume = <T, R>(
  project: (value: T, index: number) => ObservableInput<R>,
  { concurrency = 1 }: ConsumeOptions = {},
): OperatorFunction<T, R> => {
  requireCount('concurrency', concurrency);
  return (source$) =>
    new Observable<R>((subscriber) => {
      let active = 0;
      let index = 0;
      let isOver = false;
      let isTaking = false;

      /** A loop instead of recursion, because synchronous work may run a million times in a row. */
      const take = (): void => {
        if (isTaking) return;
        isTaking = true;
        while (active < concurrency && !subscriber.closed) {
          const item = supply.take();
          if (item === undefined) break;
          active += 1;
          const position = index;
          index += 1;
          subscriber.add(
            defer(() => project(item.value, position)).subscribe({
              next: (value) => {
                subscriber.next(value);
              },
              error: (error: unknown) => {
                subscriber.error(error);
              },
              complete: () => {
                active -= 1;
                take();
              },
            }),
          );
        }
        isTaking = false;
        if (isOver && active === 0) subscriber.complete();
      };

      const supply = supplyOf(source$, {
        operator: 'consume',
        consumer: {
          arrived: take,
          failed: (error) => {
            subscriber.error(error);
          },
          ended: () => {
            isOver = true;
            take();
          },
        },
      });
      subscriber.add(supply.subscription);
      supply.start();
    });
};

import { Observable, defer, type ObservableInput, type OperatorFunction } from 'rxjs';
import { requireCount } from './limits.js';
import { supplyOf } from './strategy.js';

export interface ConsumeOptions {
  /** So many items are worked on at a time. Default 1: one after the other. */
  readonly concurrency?: number;
}

/**
 * Owns the consumer: takes an item from the queue of the strategy before it, and the next when what `project` has
 * made of it completes. What `concatMap` and `mergeMap` do, without the queue of theirs that has no bound and that
 * nobody sees.
 *
 * Cold. Emits what the projected Observables emit. Completes when the source has and everything is done; errors as
 * the source or one of the projected does, at once; with `NoStrategy` where no strategy comes before it.
 *
 * @param project the work for one item (for an array of them behind `batch({ max })`)
 * @example
 * client.messages$.pipe(lossless({ high: 1_000, hold: realtime.hold }), consume((message) => archive(message))).subscribe();
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

      /** A loop and not a recursion: work that is done at once may be done a million times in a row. */
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

import { Observable, type ObservableInput, from, type MonoTypeOperatorFunction } from 'rxjs';
import { newestOnly } from './drop.js';
import type { StrategyOptions } from './pressure.js';
import { supplyOf } from './strategy.js';

/**
 * Keeps the newest item and emits it when `ready$` emits: for charts. It emits an item once and drops the items in
 * between. When the source or `ready$` completes, it emits the waiting item, then completes (`sample` of RxJS loses
 * that item). Errors with either, at once. Strategies before it keep their rules. Each item costs O(1). Its pressure
 * is that of `dropOldest(1)`.
 *
 * @param ready$ the consumer is ready for one: `animationFrames()`, `interval(1_000)`
 * @example
 * health$.pipe(sample(animationFrames())).subscribe((health) => chart.push(health));
 */
export const sample =
  <T>(ready$: ObservableInput<unknown>, options: StrategyOptions = {}): MonoTypeOperatorFunction<T> =>
  (source$) =>
    new Observable<T>((subscriber) => {
      const flush = (): void => {
        const item = supply.take();
        if (item !== undefined) subscriber.next(item.value);
      };
      const finish = (): void => {
        flush();
        subscriber.complete();
      };
      const failed = (error: unknown): void => {
        subscriber.error(error);
      };
      const supply = supplyOf(source$, {
        operator: 'sample',
        consumer: { arrived: () => undefined, failed, ended: finish },
        own: newestOnly(1, options),
      });
      subscriber.add(supply.subscription);
      subscriber.add(from(ready$).subscribe({ next: flush, error: failed, complete: finish }));
      if (!subscriber.closed) supply.start();
    });

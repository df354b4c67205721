import { Observable, from, type ObservableInput, type OperatorFunction } from 'rxjs';
import { createQueue, type Queue } from './backpressure/queue.js';

/** What a projection gives: a value at once, a stream of values that later items of the same key wait for, or nothing. */
export type Projected<R> = { readonly now: R } | { readonly later: ObservableInput<R> } | undefined;

/**
 * `concatMap` for each key (items without one count as one more), all keys side by side: an item whose projection takes time holds back the later items of its own key and no others.
 * A projection that gives `now` costs a map lookup and nothing more.
 *
 * Errors of the source or of a projection end the result; it completes when the source has completed and nothing waits.
 * What waits is held in memory without a bound: bound the time that a projection may take.
 *
 * ```
 * source:    a1 b1 a2 b2
 * a1 takes:  -----x|
 * result:       b1 b2 x a2      (a2 waits for a1, b's do not)
 * ```
 */
export const concatMapByKey =
  <T, R>(keyOf: (item: T) => string | undefined, project: (item: T) => Projected<R>): OperatorFunction<T, R> =>
  (source$) =>
    new Observable<R>((subscriber) => {
      /** Items that wait, for the keys that are busy. */
      const waiting = new Map<string | undefined, Queue<T>>();
      let sourceDone = false;

      const settle = (): void => {
        if (sourceDone && waiting.size === 0) subscriber.complete();
      };

      /** Runs a projection that takes time; true where it has completed already. */
      const run = (key: string | undefined, later: ObservableInput<R>): boolean => {
        let done = false;
        let synchronous = true;
        const inner = from(later).subscribe({
          next: (value) => {
            subscriber.next(value);
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            done = true;
            if (synchronous) return;
            try {
              release(key);
            } catch (error) {
              subscriber.error(error);
            }
          },
        });
        synchronous = false;
        subscriber.add(inner);
        return done;
      };

      /** Handles the items that have waited, until one takes time again or none is left. */
      const release = (key: string | undefined): void => {
        const queue = waiting.get(key);
        for (let next = queue?.oldest(); next !== undefined; next = queue?.oldest()) {
          // Before it is handled: what is said meanwhile comes behind it, and it is not kept while the key stays busy.
          queue?.remove(next);
          const projected = project(next.value);
          if (projected === undefined) continue;
          if ('now' in projected) subscriber.next(projected.now);
          else if (!run(key, projected.later)) return;
        }
        waiting.delete(key);
        settle();
      };

      const handle = (item: T): void => {
        const key = keyOf(item);
        const queue = waiting.get(key);
        if (queue !== undefined) {
          queue.append(item, 0);
          return;
        }
        const projected = project(item);
        if (projected === undefined) return;
        if ('now' in projected) {
          subscriber.next(projected.now);
          return;
        }
        waiting.set(key, createQueue());
        if (run(key, projected.later)) release(key);
      };

      subscriber.add(
        source$.subscribe({
          next: (item) => {
            if (subscriber.closed) return;
            // What the functions of the application throw ends the stream, as with RxJS's operators.
            try {
              handle(item);
            } catch (error) {
              subscriber.error(error);
            }
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            sourceDone = true;
            settle();
          },
        }),
      );
    });

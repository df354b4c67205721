import { Observable, from, type ObservableInput, type OperatorFunction, type Subscription } from 'rxjs';
import { createQueue, type Queue } from './backpressure/queue.js';

/** The result of a projection: a value now, a stream that later items of the same key wait for, or nothing. */
export type Projected<R> = { readonly now: R } | { readonly later: ObservableInput<R> } | undefined;

/**
 * `concatMap` for each key; all keys run side by side. An item whose projection takes time holds back later items of
 * its own key only. Items without a key count as one more key. A projection that returns `now` costs a map lookup
 * only.
 *
 * Errors with the source or a projection. Completes when the source has completed and nothing waits. Waiting items
 * are kept in memory without a bound: limit the time that a projection may take.
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
      /** The waiting items of each busy key. */
      const waiting = new Map<string | undefined, Queue<T>>();
      /** A set: a subscription looks for what has ended among everything that was added to it. */
      const running = new Set<Subscription>();
      let sourceDone = false;
      subscriber.add(() => {
        for (const inner of running) inner.unsubscribe();
      });

      const settle = (): void => {
        if (sourceDone && waiting.size === 0) subscriber.complete();
      };

      /** Runs a projection that takes time. Returns true if it has completed already. */
      const run = (key: string | undefined, later: ObservableInput<R>): boolean => {
        let done = false;
        let synchronous = true;
        const inner: Subscription = from(later).subscribe({
          next: (value) => {
            subscriber.next(value);
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            done = true;
            if (synchronous) return;
            running.delete(inner);
            try {
              release(key);
            } catch (error) {
              subscriber.error(error);
            }
          },
        });
        synchronous = false;
        if (subscriber.closed) inner.unsubscribe();
        else if (!inner.closed) running.add(inner);
        return done;
      };

      /** Handles the waiting items until one takes time again or none is left. */
      const release = (key: string | undefined): void => {
        const queue = waiting.get(key);
        for (let next = queue?.oldest(); next !== undefined; next = queue?.oldest()) {
          // Removed before it is handled: items that arrive meanwhile queue behind it, and it is not kept while the
          // key stays busy.
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

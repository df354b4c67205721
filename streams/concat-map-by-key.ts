import { Observable, from, type ObservableInput, type OperatorFunction, type Subscription } from 'rxjs';
import { createQueue, type Queue } from './backpressure/queue.js';

/** The result of a projection: a value now, a stream that later items of the same key wait for, or nothing. */
export type Projected<R> = { readonly now: R } | { readonly later: ObservableInput<R> } | undefined;

/** A key with a projection that takes time. There may be many, so it has no more than it needs. */
interface Busy<T> {
  readonly key: string | undefined;
  running: Subscription | undefined;
  /** Made with the first item that waits. */
  waiting: Queue<T> | undefined;
}

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
      const busy = new Map<string | undefined, Busy<T>>();
      let sourceDone = false;
      subscriber.add(() => {
        for (const { running } of busy.values()) running?.unsubscribe();
      });

      const settle = (): void => {
        if (sourceDone && busy.size === 0) subscriber.complete();
      };
      const next = (value: R): void => {
        subscriber.next(value);
      };
      const error = (cause: unknown): void => {
        subscriber.error(cause);
      };
      /** What the functions of the application throw ends the stream, as with RxJS's operators. */
      const attempt = <A>(step: (of: A) => void, of: A): void => {
        try {
          step(of);
        } catch (cause) {
          error(cause);
        }
      };

      /** Runs a projection that takes time. Returns true if it has completed already. */
      const run = (one: Busy<T>, later: ObservableInput<R>): boolean => {
        let done = false;
        let synchronous = true;
        const running = from(later).subscribe({
          next,
          error,
          complete: () => {
            done = true;
            if (!synchronous) attempt(release, one);
          },
        });
        synchronous = false;
        one.running = running;
        if (subscriber.closed) running.unsubscribe();
        return done;
      };

      /** Handles the waiting items until one takes time again or none is left. */
      const release = (one: Busy<T>): void => {
        const { waiting } = one;
        for (let item = waiting?.oldest(); item !== undefined; item = waiting?.oldest()) {
          // Removed before it is handled: items that arrive meanwhile queue behind it, and it is not kept while the
          // key stays busy.
          waiting?.remove(item);
          const projected = project(item.value);
          if (projected === undefined) continue;
          if ('now' in projected) subscriber.next(projected.now);
          else if (!run(one, projected.later)) return;
        }
        busy.delete(one.key);
        settle();
      };

      const handle = (item: T): void => {
        const key = keyOf(item);
        const known = busy.get(key);
        if (known !== undefined) {
          known.waiting ??= createQueue();
          known.waiting.append(item, 0);
          return;
        }
        const projected = project(item);
        if (projected === undefined) return;
        if ('now' in projected) {
          subscriber.next(projected.now);
          return;
        }
        const one: Busy<T> = { key, running: undefined, waiting: undefined };
        busy.set(key, one);
        if (run(one, projected.later)) release(one);
      };

      subscriber.add(
        source$.subscribe({
          next: (item) => {
            if (!subscriber.closed) attempt(handle, item);
          },
          error,
          complete: () => {
            sourceDone = true;
            settle();
          },
        }),
      );
    });

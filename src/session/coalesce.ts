import { Observable, filter, merge, throttle, type OperatorFunction } from 'rxjs';
import type { Clock } from '../clock.js';

/** How items make marks, one for each key. */
export interface CoalesceOptions<T, M> {
  /** The key of an item; none where it makes no mark. */
  readonly keyOf: (item: T) => string | undefined;
  /**
   * The mark that an item makes, with the one that waits for its key, which may be changed and returned: nobody else
   * has it.
   */
  readonly fold: (before: M | undefined, item: T) => M;
  /** Two marks of one key as one. May change and return `before`. */
  readonly join: (before: M, other: M) => M;
  /** Whether marks can be written now; repeats nothing. */
  readonly open$: Observable<boolean>;
  /** At most one batch in so many ms. */
  readonly period: number;
  readonly clock: Clock;
}

/**
 * Gathers marks (acknowledgements, read marks) by key and emits them in batches: the first at once, later ones at
 * most one batch a period, and only while open. What gathers while closed is kept; the batch that was out when it
 * closed is kept as well, since nobody answers a mark and it may have been lost.
 *
 * Never errors by itself; completes with its source.
 */
export const coalesce =
  <T, M>({ keyOf, fold, join, open$, period, clock }: CoalesceOptions<T, M>): OperatorFunction<T, readonly M[]> =>
  (items$) =>
    new Observable<readonly M[]>((subscriber) => {
      let pending = new Map<string, M>();
      let unconfirmed = new Map<string, M>();
      let open = false;

      const arrivals$ = new Observable<void>((arrived) =>
        items$.subscribe({
          next: (item) => {
            const key = keyOf(item);
            if (key === undefined) return;
            // Marks that join a batch which has been announced say nothing new.
            const announced = pending.size > 0;
            const before = pending.get(key);
            const mark = fold(before, item);
            if (mark !== before) pending.set(key, mark);
            if (!announced) arrived.next();
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            subscriber.complete();
          },
        }),
      );

      const keep = (mark: M, key: string): void => {
        const before = pending.get(key);
        pending.set(key, before === undefined ? mark : join(before, mark));
      };

      const openings$ = new Observable<void>((opened) =>
        open$.subscribe((now) => {
          if (open && !now) {
            unconfirmed.forEach(keep);
            unconfirmed = new Map();
          }
          open = now;
          if (now) opened.next();
        }),
      );

      subscriber.add(
        merge(openings$, arrivals$)
          .pipe(
            filter(() => open && pending.size > 0),
            throttle(() => clock.after(period), { leading: true, trailing: true }),
            filter(() => open && pending.size > 0),
          )
          .subscribe(() => {
            unconfirmed = pending;
            pending = new Map();
            subscriber.next([...unconfirmed.values()]);
          }),
      );
    });

import { Observable, filter, merge, throttle, type OperatorFunction } from 'rxjs';
import type { Clock } from '../clock.js';

/** How marks of one conversation become one. */
export interface CoalesceOptions<T> {
  readonly keyOf: (mark: T) => string;
  /** May change and return `before`: nobody else has it. */
  readonly merge: (before: T, mark: T) => T;
  /** Whether marks can be written now; repeats nothing. */
  readonly open$: Observable<boolean>;
  /** At most one batch in so many ms. */
  readonly period: number;
  readonly clock: Clock;
}

/**
 * Gathers marks (acknowledgements, read marks) by key and emits them in batches: the first at once, later ones at most one batch a period, and only while open.
 * What gathers while closed is kept; the batch that was out when it closed is kept as well, since nobody answers a mark and it may have been lost.
 *
 * Never errors by itself; completes with its source.
 */
export const coalesce =
  <T>({ keyOf, merge: combine, open$, period, clock }: CoalesceOptions<T>): OperatorFunction<T, readonly T[]> =>
  (marks$) =>
    new Observable<readonly T[]>((subscriber) => {
      const pending = new Map<string, T>();
      let unconfirmed: readonly T[] = [];
      let open = false;

      const add = (mark: T): void => {
        const key = keyOf(mark);
        const before = pending.get(key);
        const next = before === undefined ? mark : combine(before, mark);
        if (next !== before) pending.set(key, next);
      };

      const arrivals$ = new Observable<void>((arrived) =>
        marks$.subscribe({
          next: (mark) => {
            // Marks that join a batch which has been announced say nothing new.
            const announced = pending.size > 0;
            add(mark);
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

      const openings$ = new Observable<void>((opened) =>
        open$.subscribe((now) => {
          if (open && !now) unconfirmed.forEach(add);
          if (open && !now) unconfirmed = [];
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
            unconfirmed = [...pending.values()];
            pending.clear();
            subscriber.next(unconfirmed);
          }),
      );
    });

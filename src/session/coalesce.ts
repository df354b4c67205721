import { Observable, type OperatorFunction } from 'rxjs';
import type { Clock } from '../clock.js';

/** How items are turned into marks, one for each key. */
export interface CoalesceOptions<T, M> {
  /** The key of an item; `undefined` if the item makes no mark. */
  readonly keyOf: (item: T) => string | undefined;
  /** Adds an item to the waiting mark of its key. May change and return `before`, because nobody else holds it. */
  readonly fold: (before: M | undefined, item: T) => M;
  /** Merges two marks of one key. May change and return `before`. */
  readonly join: (before: M, other: M) => M;
  /** Whether marks can be written now. Emits only changes. */
  readonly open$: Observable<boolean>;
  /** The minimum time between two batches, ms. */
  readonly period: number;
  readonly clock: Clock;
}

/**
 * Gathers marks (acknowledgements, read marks) by key, and emits them in batches while `open$` is true: the first
 * batch at once, then at most one per period. Marks that are gathered while closed are kept. So is the last batch
 * before a close: a mark has no answer, so the batch may have been lost.
 *
 * Never errors by itself. Completes with its source.
 */
export const coalesce =
  <T, M>({ keyOf, fold, join, open$, period, clock }: CoalesceOptions<T, M>): OperatorFunction<T, readonly M[]> =>
  (items$) =>
    new Observable<readonly M[]>((subscriber) => {
      let pending = new Map<string, M>();
      let unconfirmed = new Map<string, M>();
      let open = false;
      /** The period of the batch before is not over. */
      let isEarly = false;

      const keep = (mark: M, key: string): void => {
        const before = pending.get(key);
        pending.set(key, before === undefined ? mark : join(before, mark));
      };

      /** Hands a batch out, at most one in each period. */
      const handOut = (): void => {
        if (isEarly || !open || pending.size === 0) return;
        isEarly = true;
        unconfirmed = pending;
        pending = new Map();
        subscriber.next([...unconfirmed.values()]);
        subscriber.add(
          clock.after(period).subscribe(() => {
            isEarly = false;
            handOut();
          }),
        );
      };

      subscriber.add(
        open$.subscribe((now) => {
          if (open && !now) {
            unconfirmed.forEach(keep);
            unconfirmed = new Map();
          }
          open = now;
          handOut();
        }),
      );
      subscriber.add(
        items$.subscribe({
          next: (item) => {
            const key = keyOf(item);
            if (key === undefined) return;
            // If a batch waits already, new marks join it.
            const waits = pending.size > 0;
            const before = pending.get(key);
            const mark = fold(before, item);
            if (mark !== before) pending.set(key, mark);
            if (!waits) handOut();
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            subscriber.complete();
          },
        }),
      );
    });

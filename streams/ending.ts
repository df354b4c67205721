import { Subject, takeUntil, type Observable, type Subscription } from 'rxjs';

/** How a stream has ended: with an error, or completed. */
export interface Ending {
  readonly error?: unknown;
}

export const finish = (observer: { error(error: unknown): void; complete(): void }, how: Ending): void => {
  if ('error' in how) observer.error(how.error);
  else observer.complete();
};

/** Subscribes to a log, until `take` throws. Tells how that has ended: as the log has, or with what was thrown. */
export const follow = <T>(log$: Observable<T>, take: (item: T) => void, end: (how: Ending) => void): Subscription => {
  /** A log that emits everything synchronously does not notice an unsubscription before its end. */
  const stopped = new Subject<void>();
  return log$.pipe(takeUntil(stopped)).subscribe({
    next: (item) => {
      try {
        take(item);
      } catch (error) {
        end({ error });
        stopped.next();
      }
    },
    error: (error: unknown) => {
      end({ error });
    },
    complete: () => {
      end({});
    },
  });
};

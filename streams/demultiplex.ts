import { Observable, Subject, takeUntil, type Subscription } from 'rxjs';
import { finish, type Ending } from './ending.js';

/**
 * Splits a log by key. An item costs one map lookup for any number of subscribers; N filters would cost N tests.
 *
 * The first result returns the stream of one key: hot, no replay, errors and completion as the log. The second result
 * is the subscription to the log, which starts at once; the owner of the log ends it.
 */
export const demultiplex = <T>(
  log$: Observable<T>,
  keyOf: (item: T) => string | undefined,
): readonly [(key: string) => Observable<T>, Subscription] => {
  const watched = new Map<string, Subject<T>>();
  let ended: Ending | undefined;
  const end = (how: Ending): void => {
    if (ended !== undefined) return;
    ended = how;
    for (const subject of watched.values()) finish(subject, how);
    watched.clear();
  };

  /** A log that emits everything synchronously does not notice an unsubscription before its end. */
  const stopped = new Subject<void>();
  const connection = log$.pipe(takeUntil(stopped)).subscribe({
    next: (item) => {
      let key: string | undefined;
      try {
        key = keyOf(item);
      } catch (error) {
        end({ error });
        stopped.next();
        return;
      }
      if (key !== undefined) watched.get(key)?.next(item);
    },
    error: (error: unknown) => {
      end({ error });
    },
    complete: () => {
      end({});
    },
  });

  const at = (key: string): Observable<T> =>
    new Observable<T>((subscriber) => {
      if (ended !== undefined) {
        finish(subscriber, ended);
        return;
      }
      const subject = watched.get(key) ?? new Subject<T>();
      watched.set(key, subject);
      subscriber.add(subject.subscribe(subscriber));
      subscriber.add(() => {
        if (!subject.observed && watched.get(key) === subject) watched.delete(key);
      });
    });

  return [at, connection];
};

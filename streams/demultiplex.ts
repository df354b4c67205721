import { Observable, Subject, type Subscription } from 'rxjs';

/**
 * Splits a log by key with a map, so that an item costs one lookup however many keys are watched; N subscribers that each filter would cost N.
 *
 * The first result gives the hot stream of one key: no replay, same errors and completion as the log. Subscribes to the log at once; the subscription is the
 * second result, for whoever owns the log.
 */
export const demultiplex = <T>(
  log$: Observable<T>,
  keyOf: (item: T) => string | undefined,
): readonly [(key: string) => Observable<T>, Subscription] => {
  const watched = new Map<string, Subject<T>>();
  let ended: { readonly error?: unknown } | undefined;
  const end = (how: { readonly error?: unknown }): void => {
    ended = how;
    for (const subject of watched.values()) finish(subject, how);
    watched.clear();
  };

  const connection = log$.subscribe({
    next: (item) => {
      const key = keyOf(item);
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

const finish = (observer: { error(error: unknown): void; complete(): void }, how: { readonly error?: unknown }): void => {
  if ('error' in how) observer.error(how.error);
  else observer.complete();
};

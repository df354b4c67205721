import { Observable } from 'rxjs';
import { finish, type Ending } from './ending.js';

/**
 * Hot: emits the current value, then the new one after each change. Ends as the changes do; after the end, the last
 * value is replayed. A subscriber that causes a change while it gets the current value gets the new one as well.
 */
export const latest = <T>(
  changed$: Observable<unknown>,
  ended: () => Ending | undefined,
  current: () => T,
): Observable<T> =>
  new Observable((subscriber) => {
    const how = ended();
    const emit = (): void => {
      subscriber.next(current());
    };
    if (how === undefined)
      subscriber.add(
        changed$.subscribe({
          next: emit,
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            subscriber.complete();
          },
        }),
      );
    emit();
    if (how !== undefined) finish(subscriber, how);
  });

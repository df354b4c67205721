import { Observable, Subject, type Subscription } from 'rxjs';
import { finish, follow, type Ending } from './ending.js';

/** The streams of the keys of a log, which take its items one by one. */
export interface KeyedStreams<T> {
  /** Hot, no replay: the stream of one key. Errors and completes as `end` says. */
  readonly at: (key: string) => Observable<T>;
  readonly end: (how: Ending) => void;
}

/** Where the subjects of the watched keys are. */
export interface Subjects<T> {
  readonly get: (key: string) => Subject<T> | undefined;
  readonly set: (key: string, subject: Subject<T>) => unknown;
  readonly delete: (key: string) => unknown;
  readonly values: () => Iterable<Subject<T>>;
}

export const keyedStreams = <T>(watched: Subjects<T>): KeyedStreams<T> => {
  let ended: Ending | undefined;
  return {
    at: (key) =>
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
      }),
    end: (how) => {
      if (ended !== undefined) return;
      ended = how;
      for (const subject of watched.values()) finish(subject, how);
    },
  };
};

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
  const { at, end } = keyedStreams(watched);
  const take = (item: T): void => {
    const key = keyOf(item);
    if (key !== undefined) watched.get(key)?.next(item);
  };
  return [at, follow(log$, take, end)];
};

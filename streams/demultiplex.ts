import { Observable, type Subscription } from 'rxjs';
import { finish, follow, type Ending } from './ending.js';
import { Relay } from './relay.js';

/** The streams of the keys of a log, which take its items one by one. */
export interface KeyedStreams<T> {
  /** Hot, no replay: the stream of one key. Errors and completes as `end` says. */
  readonly at: (key: string) => Observable<T>;
  readonly end: (how: Ending) => void;
}

/** Where the relays of the watched keys are. */
export interface Relays<T> {
  readonly get: (key: string) => Relay<T> | undefined;
  readonly set: (key: string, relay: Relay<T>) => unknown;
  readonly delete: (key: string) => unknown;
  readonly values: () => Iterable<Relay<T>>;
}

export const keyedStreams = <T>(watched: Relays<T>): KeyedStreams<T> => {
  let ended: Ending | undefined;
  return {
    at: (key) =>
      new Observable<T>((subscriber) => {
        if (ended !== undefined) {
          finish(subscriber, ended);
          return;
        }
        const relay = watched.get(key) ?? new Relay<T>();
        watched.set(key, relay);
        subscriber.add(relay.stream$.subscribe(subscriber));
        subscriber.add(() => {
          if (!relay.observed && watched.get(key) === relay) watched.delete(key);
        });
      }),
    end: (how) => {
      if (ended !== undefined) return;
      ended = how;
      for (const relay of watched.values()) relay.end(how);
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
  const watched = new Map<string, Relay<T>>();
  const { at, end } = keyedStreams(watched);
  const take = (item: T): void => {
    const key = keyOf(item);
    if (key !== undefined) watched.get(key)?.next(item);
  };
  return [at, follow(log$, take, end)];
};

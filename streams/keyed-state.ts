import { Observable, Subject, distinctUntilChanged, takeUntil, type Subscription } from 'rxjs';
import { finish, type Ending } from './ending.js';
import { latest } from './latest.js';

/** A state for each key, derived from a log. */
export interface KeyedState<V> {
  /** The current state of a key. */
  readonly get: (key: string) => V | undefined;
  /** The keys that have a state. */
  readonly keys: () => IterableIterator<string>;
  /**
   * Hot, replays the state of this key if it has one, then emits each change. Completes with the log. Errors as the log
   * does, or with what the reducer throws.
   */
  readonly at: (key: string) => Observable<V>;
  /**
   * Hot, replays an immutable map of all states, then emits a new map after each change. Completes with the log. Errors
   * as the log does, or with what the reducer throws.
   */
  readonly all$: Observable<ReadonlyMap<string, V>>;
}

/** Applies an event: calls `set` for each key whose state changes. */
export type KeyedReducer<E, V> = (
  event: E,
  get: (key: string) => V | undefined,
  set: (key: string, value: V) => void,
) => void;

/**
 * Reduces a log to one state for each key. The cost of an event does not depend on the number of keys: the map is
 * copied only if it has subscribers, and a change reaches only the subscribers of its key.
 *
 * Subscribes to the log at once, so that nothing is missed before the first subscriber. The second result is that
 * subscription; the owner of the log ends it.
 */
export const keyedState = <E, V>(
  log$: Observable<E>,
  reduce: KeyedReducer<E, V>,
): readonly [KeyedState<V>, Subscription] => {
  const states = new Map<string, V>();
  const watched = new Map<string, Subject<V>>();
  const changed = new Subject<void>();
  let snapshot: ReadonlyMap<string, V> | undefined;
  let ended: Ending | undefined;
  const end = (how: Ending): void => {
    if (ended !== undefined) return;
    ended = how;
    finish(changed, how);
    for (const subject of watched.values()) finish(subject, how);
    watched.clear();
  };

  const get = (key: string): V | undefined => states.get(key);

  const set = (key: string, value: V): void => {
    if (states.get(key) === value) return;
    states.set(key, value);
    snapshot = undefined;
    watched.get(key)?.next(value);
  };

  /** A log that emits everything synchronously does not notice an unsubscription before its end. */
  const stopped = new Subject<void>();
  const connection = log$.pipe(takeUntil(stopped)).subscribe({
    next: (event) => {
      try {
        reduce(event, get, set);
      } catch (error) {
        end({ error });
        stopped.next();
        return;
      }
      if (snapshot === undefined && changed.observed) changed.next();
    },
    error: (error: unknown) => {
      end({ error });
    },
    complete: () => {
      end({});
    },
  });

  const at = (key: string): Observable<V> =>
    distinctUntilChanged<V>()(
      new Observable<V>((subscriber) => {
        if (ended === undefined) {
          const subject = watched.get(key) ?? new Subject<V>();
          watched.set(key, subject);
          subscriber.add(subject.subscribe(subscriber));
          subscriber.add(() => {
            if (!subject.observed && watched.get(key) === subject) watched.delete(key);
          });
        }
        // Subscribed first: the subscriber may change the state while it gets the current one.
        const current = states.get(key);
        if (current !== undefined) subscriber.next(current);
        if (ended !== undefined) finish(subscriber, ended);
      }),
    );

  const all$ = latest(
    changed,
    () => ended,
    () => (snapshot ??= new Map(states)),
  );

  return [{ get, keys: () => states.keys(), at, all$ }, connection];
};

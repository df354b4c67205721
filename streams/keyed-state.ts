import { Observable, Subject, distinctUntilChanged, type Subscription } from 'rxjs';

/** A state for each key, derived from a log. */
export interface KeyedState<V> {
  /** The current state of a key. */
  readonly get: (key: string) => V | undefined;
  /** The keys that have a state. */
  readonly keys: () => IterableIterator<string>;
  /**
   * Hot, replays the state of this key if it has one, then emits each change. Never errors. Completes with the log.
   */
  readonly at: (key: string) => Observable<V>;
  /**
   * Hot, replays an immutable map of all states, then emits a new map after each change. Never errors. Completes with
   * the log.
   */
  readonly all$: Observable<ReadonlyMap<string, V>>;
}

/** Applies an event: calls `set` for each key whose state changes. */
export type KeyedReducer<E, V> = (event: E, get: (key: string) => V | undefined, set: (key: string, value: V) => void) => void;

/**
 * Reduces a log to one state for each key. The cost of an event does not depend on the number of keys: the map is
 * copied only if it has subscribers, and a change reaches only the subscribers of its key.
 *
 * Subscribes to the log at once, so that nothing is missed before the first subscriber. The second result is that
 * subscription; the owner of the log ends it.
 */
export const keyedState = <E, V>(log$: Observable<E>, reduce: KeyedReducer<E, V>): readonly [KeyedState<V>, Subscription] => {
  const states = new Map<string, V>();
  const watched = new Map<string, Subject<V>>();
  const changed = new Subject<void>();
  let snapshot: ReadonlyMap<string, V> | undefined;
  let completed = false;

  const get = (key: string): V | undefined => states.get(key);

  const set = (key: string, value: V): void => {
    if (states.get(key) === value) return;
    states.set(key, value);
    snapshot = undefined;
    watched.get(key)?.next(value);
  };

  const connection = log$.subscribe({
    next: (event) => {
      reduce(event, get, set);
      if (snapshot === undefined && changed.observed) changed.next();
    },
    complete: () => {
      completed = true;
      changed.complete();
      for (const subject of watched.values()) subject.complete();
      watched.clear();
    },
  });

  const at = (key: string): Observable<V> =>
    distinctUntilChanged<V>()(
      new Observable<V>((subscriber) => {
        const current = states.get(key);
        if (current !== undefined) subscriber.next(current);
        if (completed) {
          subscriber.complete();
          return;
        }
        const subject = watched.get(key) ?? new Subject<V>();
        watched.set(key, subject);
        subscriber.add(subject.subscribe(subscriber));
        subscriber.add(() => {
          if (!subject.observed && watched.get(key) === subject) watched.delete(key);
        });
      }),
    );

  const all$ = new Observable<ReadonlyMap<string, V>>((subscriber) => {
    const emit = (): void => {
      snapshot ??= new Map(states);
      subscriber.next(snapshot);
    };
    emit();
    subscriber.add(
      changed.subscribe({
        next: emit,
        complete: () => {
          subscriber.complete();
        },
      }),
    );
  });

  return [{ get, keys: () => states.keys(), at, all$ }, connection];
};

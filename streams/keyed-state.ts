import { Observable, Subject, distinctUntilChanged, type Subscription } from 'rxjs';
import { finish, follow, type Ending } from './ending.js';
import { latest } from './latest.js';
import { SharedMap } from './shared-map.js';

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
   * Hot, replays an immutable map of all states, then emits a new map after each change. The maps share what is the
   * same: a change costs almost the same for any number of keys, and only while somebody watches. Completes with the
   * log. Errors as the log does, or with what the reducer throws.
   */
  readonly all$: Observable<ReadonlyMap<string, V>>;
}

/** Applies an event: calls `set` for each key whose state changes. A state of `undefined` is none. */
export type KeyedReducer<E, V> = (
  event: E,
  get: (key: string) => V | undefined,
  set: (key: string, value: V) => void,
) => void;

/** Where the states are: a map, or a part of what is known of each key. */
export interface Slots<V> {
  readonly get: (key: string) => V | undefined;
  readonly set: (key: string, value: V) => unknown;
  readonly keys: () => IterableIterator<string>;
}

/** A state for each key that takes the events of a log one by one, without a subscription of its own. */
export interface KeyedStore<E, V> {
  readonly state: KeyedState<V>;
  /** Reduces an event. An error of the reducer is thrown. */
  readonly take: (event: E) => void;
  readonly end: (how: Ending) => void;
}

export const keyedStore = <E, V>(states: Slots<V>, reduce: KeyedReducer<E, V>): KeyedStore<E, V> => {
  const watched = new Map<string, Subject<V>>();
  const changed = new Subject<void>();
  /** The map of all states, while it has subscribers, and the one that was emitted last. */
  let shared: SharedMap<V> | undefined;
  let told: SharedMap<V> | undefined;
  let ended: Ending | undefined;

  const get = (key: string): V | undefined => states.get(key);

  const set = (key: string, value: V): void => {
    if (states.get(key) === value) return;
    states.set(key, value);
    if (shared !== undefined) shared = changed.observed ? shared.with(key, value) : undefined;
    if (watched.size > 0) watched.get(key)?.next(value);
  };

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
    () =>
      (told = shared ??=
        SharedMap.of(Array.from(states.keys(), (key): readonly [string, V | undefined] => [key, states.get(key)]))),
  );

  return {
    state: { get, keys: () => states.keys(), at, all$ },
    take: (event) => {
      if (ended !== undefined) return;
      reduce(event, get, set);
      if (shared !== told && changed.observed) changed.next();
    },
    end: (how) => {
      if (ended !== undefined) return;
      ended = how;
      finish(changed, how);
      for (const subject of watched.values()) finish(subject, how);
      watched.clear();
    },
  };
};

/**
 * Reduces a log to one state for each key. The cost of an event does not depend on the number of keys: a
 * change reaches only the subscribers of its key, and those of the map.
 *
 * Subscribes to the log at once, so that nothing is missed before the first subscriber. The second result is that
 * subscription; the owner of the log ends it.
 */
export const keyedState = <E, V>(
  log$: Observable<E>,
  reduce: KeyedReducer<E, V>,
): readonly [KeyedState<V>, Subscription] => {
  const { state, take, end } = keyedStore(new Map<string, V>(), reduce);
  return [state, follow(log$, take, end)];
};

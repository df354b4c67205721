import {
  catchError,
  defer,
  distinctUntilChanged,
  exhaustMap,
  from,
  map,
  mergeMap,
  startWith,
  switchMap,
  take,
  tap,
  EMPTY,
  type Observable,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';
import { requireCount } from '../backpressure/limits.js';
import { SharedMap } from '../shared-map.js';

/** The maximum number of requests at the same time. */
const AT_ONCE = 4;

export interface PresenceByPollingOptions {
  /**
   * Asks which of the given clients are online, and emits one answer. An error changes nothing. At most four requests
   * run at the same time.
   */
  readonly ask: (ids: readonly string[]) => ObservableInput<ReadonlySet<string>>;
  /** Emits when all clients are to be asked for again. It is ignored while an answer is awaited. */
  readonly every$: Observable<unknown>;
  /** The maximum number of clients in one request. Default 20, which is what the protocol allows. */
  readonly batch?: number;
}

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/**
 * Which of the watched clients are online. Clients without a known state are left out. The source emits the ids to
 * watch. It asks for new ids at once, and for all ids each time that `every$` emits. Starts with an empty map, and
 * emits a new map only if it differs. A failed request is no error. Completes after the source and `every$`, errors
 * with either.
 *
 * A request costs what it asks for; the emitted maps share what is the same. New ids to watch cost O(clients).
 *
 * ```
 * source:     a--------b---
 * every$:     ----x------x-     (asking takes 1)
 * result:     01---2----3--     0: nothing known   1: a online   2: a not   3: a not, b online
 * ```
 *
 * @example
 * watched$.pipe(presenceByPolling({ ask: (ids) => client.online(ids), every$: interval(10_000) }));
 */
export const presenceByPolling = ({
  ask,
  every$,
  batch = 20,
}: PresenceByPollingOptions): OperatorFunction<Iterable<string>, ReadonlyMap<string, boolean>> => {
  requireCount('batch', batch);
  return (watched$) =>
    defer(() => {
      let known = SharedMap.of<boolean>();
      const asking = (ids: readonly string[]): Observable<unknown> =>
        from(chunks(ids, batch)).pipe(
          mergeMap(
            (some) =>
              defer(() => ask(some)).pipe(
                take(1),
                tap((online) => {
                  for (const id of some) known = known.with(id, online.has(id));
                }),
                catchError(() => EMPTY),
              ),
            AT_ONCE,
          ),
        );
      return watched$.pipe(
        map((watched) => [...new Set(watched)]),
        switchMap((ids) => {
          const wanted = new Set(ids);
          for (const id of known.keys()) if (!wanted.has(id)) known = known.with(id, undefined);
          const fresh = ids.filter((id) => !known.has(id));
          return every$.pipe(
            map(() => ids),
            startWith(fresh),
            exhaustMap(asking),
            startWith(undefined),
          );
        }),
        map((): ReadonlyMap<string, boolean> => known),
        distinctUntilChanged(),
      );
    });
};

import {
  defer,
  endWith,
  ignoreElements,
  map,
  merge,
  takeWhile,
  tap,
  type Observable,
  type OperatorFunction,
} from 'rxjs';

/** The data gathered from a stream, and how it is reported. */
export interface Gathering<T, R> {
  readonly add: (item: T) => void;
  readonly tell: () => R;
}

const OVER = Symbol('over');

/**
 * Gathers the items of a source, separately for each subscriber, and emits a report each time that `every$` emits.
 * Completes with the source or `every$`, errors as they do.
 */
export const gathered =
  <T, R>(every$: Observable<unknown>, start: () => Gathering<T, R>): OperatorFunction<T, R> =>
  (source$) =>
    defer(() => {
      const { add, tell } = start();
      return merge(source$.pipe(tap(add), ignoreElements(), endWith(OVER)), every$.pipe(map(tell), endWith(OVER))).pipe(
        takeWhile((told): told is R => told !== OVER),
      );
    });

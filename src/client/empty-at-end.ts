import { concat, endWith, ignoreElements, of, takeUntil, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

/**
 * Emits `nothing` and completes when the client has ended, and for late subscribers: nothing of the user stays in a
 * view. `open$` completes with the client.
 */
export const emptyAtEnd =
  <T>(open$: Observable<boolean>, nothing: T): MonoTypeOperatorFunction<T> =>
  (source$) =>
    concat(source$.pipe(takeUntil(open$.pipe(ignoreElements(), endWith(true)))), of(nothing));

import { concat, endWith, ignoreElements, of, takeUntil, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

/**
 * When the client ends, emits `nothing` and completes: nothing of the user stays in a view. Late subscribers get only
 * that. Without `nothing`, there is no empty value, and it only completes. `open$` completes with the client.
 */
export const emptyAtEnd =
  <T>(open$: Observable<boolean>, ...nothing: readonly T[]): MonoTypeOperatorFunction<T> =>
  (source$) =>
    concat(source$.pipe(takeUntil(open$.pipe(ignoreElements(), endWith(true)))), of(...nothing));

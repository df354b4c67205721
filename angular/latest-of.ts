import { computed, type Signal } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { EMPTY, catchError, map, of, switchMap, type Observable } from 'rxjs';

/**
 * The latest value of the stream that `open` makes of a source. As soon as the source changes it is `initial`, until
 * the new stream emits: nothing of an earlier source is shown. Needs an injection context.
 */
export const latestOf = <S extends object, T>(
  source: Signal<S | undefined>,
  open: (source: S) => Observable<T>,
  initial: T,
): Signal<T> => {
  const latest = toSignal(
    toObservable(source).pipe(
      switchMap((current) =>
        current === undefined
          ? of(undefined)
          : open(current).pipe(
              map((value) => ({ of: current, value })),
              // A stream of a plugin may error. What it has emitted stays.
              catchError(() => EMPTY),
            ),
      ),
    ),
  );
  return computed(() => {
    const known = latest();
    return known !== undefined && known.of === source() ? known.value : initial;
  });
};

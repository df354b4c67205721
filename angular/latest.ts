import { computed, type Signal } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { EMPTY, catchError, defer, map, of, switchMap, type Observable } from 'rxjs';
import { nothing, valueOr } from './value-or.js';

/**
 * The latest value of a stream of what a signal has: a client, a conversation. As soon as the signal changes it is
 * `initial`, until the new stream emits, so nothing of an earlier user is shown. Reading it never throws: if the stream
 * errors, the last value stays. Needs an injection context.
 *
 * @param open makes the stream. Called once for each value of the source.
 *
 * @example readonly unread = injectLatest(this.session.client, (client) => client.totalUnread$, undefined);
 */
export const injectLatest = <S extends object, T>(
  source: Signal<S | undefined>,
  open: (source: S) => Observable<T>,
  initial: T,
): Signal<T> => {
  const known = computed(() => valueOr(source, nothing));
  const latest = toSignal(
    toObservable(known).pipe(
      switchMap((current) =>
        current === undefined
          ? of(undefined)
          : defer(() => open(current)).pipe(
              map((value) => ({ of: current, value })),
              catchError(() => EMPTY),
            ),
      ),
    ),
  );
  return computed(() => {
    const last = latest();
    return last !== undefined && last.of === known() ? last.value : initial;
  });
};

import { ReplaySubject, share, timer, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

/**
 * Shares a state: one subscription to the source for all subscribers. Each subscriber gets the latest value first.
 *
 * Everything is reset after the last subscriber has gone, after completion and after an error. So a later subscriber
 * starts again and never gets an outdated value. With `grace`, the reset after the last subscriber comes `grace` ms
 * later, or when the notifier emits.
 *
 * @example
 * const price$ = ticker$.pipe(shareLatest());
 */
export const shareLatest = <T>(grace?: number | (() => Observable<unknown>)): MonoTypeOperatorFunction<T> =>
  share({
    connector: () => new ReplaySubject<T>(1),
    resetOnComplete: true,
    resetOnError: true,
    resetOnRefCountZero: grace === undefined ? true : typeof grace === 'function' ? grace : () => timer(grace),
  });

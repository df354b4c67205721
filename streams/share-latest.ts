import { ReplaySubject, share, timer, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

/**
 * The one way to share a state here: one subscription to the source for all subscribers, each of whom gets the latest value first.
 * Everything is reset with the last subscriber (or `grace` ms after, or when the notifier of `grace` emits), with completion and with an error,
 * so that a later subscriber starts afresh and never sees a dead value.
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

import { EMPTY, catchError, defer, repeat, switchMap, type Observable, type OperatorFunction } from 'rxjs';
import { toRealtimeError, type RealtimeError } from '../errors.js';
import { isInterruption } from '../session/catch-up.js';

/**
 * Asks when the session opens, and again each time it is opened again. A failed question is reported, unless the
 * connection is lost; then nothing is emitted until the next question. With `again`, the question is also repeated
 * when `again` emits. Never errors. Completes when the source and the last answer have completed.
 */
export const askWhileOpen =
  <T>(
    ask: () => Observable<T>,
    failed: (error: RealtimeError) => void,
    again?: () => Observable<unknown>,
  ): OperatorFunction<boolean, T> =>
  (open$) => {
    const asking$ = defer(ask).pipe(
      catchError((thrown: unknown) => {
        const error = toRealtimeError(thrown);
        if (!isInterruption(error)) failed(error);
        return EMPTY;
      }),
    );
    const asked$ = again === undefined ? asking$ : asking$.pipe(repeat({ delay: again }));
    return open$.pipe(switchMap((open) => (open ? asked$ : EMPTY)));
  };

import { EMPTY, catchError, defer, repeat, switchMap, type Observable, type OperatorFunction } from 'rxjs';
import { toRealtimeError, type RealtimeError } from '../errors.js';
import { isInterruption } from '../session/catch-up.js';

/**
 * Asks when the session is open, and once more each time it is open again. A question that fails is reported, unless
 * the connection is gone, and is silent until the next time. With `again`, it is repeated when that emits. Never
 * errors. Completes with the source and the last answer.
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

import { NEVER, defer, fromEvent, of, take, type Observable } from 'rxjs';

/** Cold: emits when a signal is aborted, at once where it is already, and completes; nothing ever where there is no signal. Listens while subscribed to. */
export const aborted = (signal: AbortSignal | undefined): Observable<unknown> =>
  signal === undefined ? NEVER : defer(() => (signal.aborted ? of(undefined) : fromEvent(signal, 'abort').pipe(take(1))));

import { Observable } from 'rxjs';
import { listen } from './listen.js';

/**
 * Cold: emits once when the signal is aborted, then completes; at once if the signal is already aborted. Without a
 * signal it never emits. Listens only while it is subscribed to.
 */
export const aborted = (signal: AbortSignal | undefined): Observable<unknown> =>
  new Observable((subscriber) => {
    const tell = (): void => {
      subscriber.next(undefined);
      subscriber.complete();
    };
    if (signal?.aborted === true) tell();
    else if (signal !== undefined) subscriber.add(listen(signal, 'abort', tell));
  });

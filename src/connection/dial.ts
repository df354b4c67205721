import { Observable, defer, mergeMap, of, type OperatorFunction } from 'rxjs';
import type { Clock } from '../clock.js';
import type { SocketEvent } from './socket.js';
import type { CloseReason } from './state.js';

export interface DialOptions {
  readonly open: (url: string) => Observable<SocketEvent>;
  /** How long one address may take to open, ms. */
  readonly connectTimeout: number;
  readonly clock: Clock;
  /** Hears which address has opened. */
  readonly reached: (url: string) => void;
}

/** The addresses with one of them put first, and those before it at the end. */
export const startingAt = (urls: readonly string[], index: number): readonly string[] => {
  const start = urls.length === 0 ? 0 : index % urls.length;
  return [...urls.slice(start), ...urls.slice(0, start)];
};

/** Ends with `Lost` where the socket has not opened in time. */
const within =
  (url: string, { connectTimeout, clock }: DialOptions): OperatorFunction<SocketEvent, SocketEvent> =>
  (socket$) =>
    new Observable<SocketEvent>((subscriber) => {
      const late = clock.after(connectTimeout).subscribe(() => {
        subscriber.next({ _tag: 'Lost', reason: { code: 1006, reason: `${url} did not answer within ${connectTimeout} ms` } });
        subscriber.complete();
      });
      subscriber.add(late);
      subscriber.add(
        socket$.subscribe({
          next: (event) => {
            late.unsubscribe();
            subscriber.next(event);
          },
          complete: () => {
            subscriber.complete();
          },
        }),
      );
    });

/**
 * Cold: one attempt. Tries the addresses in order until one opens, and is that socket from then on; where none opens, `Lost` says why for each.
 */
export const dial = (urls: readonly string[], options: DialOptions, before: readonly CloseReason[] = []): Observable<SocketEvent> =>
  defer(() => {
    const [url, ...rest] = urls;
    if (url === undefined) {
      return of<SocketEvent>({ _tag: 'Lost', reason: { code: 1006, reason: before.map(({ reason }) => reason).join('; ') } });
    }
    let opened = false;
    return options.open(url).pipe(
      within(url, options),
      mergeMap((event) => {
        if (event._tag === 'Opened') {
          opened = true;
          options.reached(url);
        }
        return event._tag === 'Lost' && !opened ? dial(rest, options, [...before, event.reason]) : of(event);
      }),
    );
  });

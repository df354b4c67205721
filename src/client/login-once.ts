/** Logs in as a command: it emits the client once, and the client stays logged in after that. */
import { Observable, filter, map, take } from 'rxjs';
import type { ConnectionState } from '../connection/state.js';
import { ConnectionLost, SessionClosed, type RealtimeError } from '../errors.js';

/** The reason why a login can't succeed now; `undefined` while a connection may still be made. */
const unreachable = (state: ConnectionState): RealtimeError | undefined => {
  switch (state._tag) {
    case 'Scheduled':
      return new ConnectionLost(
        `${state.reason.reason}; is the server running, and its address right? The next attempt is in ${String(state.delay)} ms`,
      );
    case 'Offline':
      return new ConnectionLost(
        state.reason === 'paused' ? 'the realtime is paused; call resume()' : 'there is no network',
      );
    case 'Closed':
      return new SessionClosed(0, 'the realtime was closed');
    case 'Failed':
      return state.error;
    default:
      return undefined;
  }
};

/**
 * Cold: subscribes to a session, emits its client, and completes without ending the session. Unsubscribing ends the
 * session only before there is a client. Errors as the session does, and with `ConnectionLost` if no connection can
 * be made now, although the session alone would wait for one.
 */
export const loginOnce = <C>(session$: Observable<C>, state$: Observable<ConnectionState>): Observable<C> =>
  new Observable<C>((subscriber) => {
    let opened = false;
    const hold = session$.subscribe({
      next: (client) => {
        opened = true;
        subscriber.next(client);
        subscriber.complete();
      },
      error: (error: unknown) => {
        subscriber.error(error);
      },
      complete: () => {
        subscriber.error(new SessionClosed(0, 'the login was aborted'));
      },
    });
    subscriber.add(() => {
      if (!opened) hold.unsubscribe();
    });
    subscriber.add(
      state$
        .pipe(
          // If an attempt failed before this login, the next attempt decides.
          filter((state, index) => index > 0 || state._tag !== 'Scheduled'),
          map(unreachable),
          filter((error) => error !== undefined),
          take(1),
        )
        .subscribe((error) => {
          subscriber.error(error);
        }),
    );
  });

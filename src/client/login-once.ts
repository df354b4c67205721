/** Logging in as a command: the client is emitted once and outlives it. */
import { Observable, filter, map, take } from 'rxjs';
import type { ConnectionState } from '../connection/state.js';
import { ConnectionLost, SessionClosed, type RealtimeError } from '../errors.js';

/** Why nobody can log in now; nothing while a connection may still come about. */
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
 * Cold: subscribes to a session for good, emits its client and completes; the session is left again only where there
 * is no client yet. Errors with what the session errors with, and where the connection can't be made now, though the
 * session would wait for it.
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
          // Where an attempt has failed before the login, the next one decides.
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

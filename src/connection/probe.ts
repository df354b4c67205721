/** The command that asks for a connection that is alive now. */
import { Observable } from 'rxjs';
import { ConnectionLost } from '../errors.js';
import type { ConnectionState } from './state.js';

export interface ProbeOptions {
  readonly state$: Observable<ConnectionState>;
  /** Emits when a frame has arrived. */
  readonly frame$: Observable<void>;
  /** Asks the server for a sign of life, or tries to connect now. */
  readonly retry: () => void;
  /** Why there is no connection in this state, as text. */
  readonly unavailable: (state: ConnectionState) => string;
}

/**
 * Cold: makes sure that there is a connection. Emits `undefined` when the server has given a sign of life, or when a
 * new connection is open; then completes. Errors if an attempt has failed, or if none may be made.
 */
export const probe = ({ state$, frame$, retry, unavailable }: ProbeOptions): Observable<undefined> =>
  new Observable<undefined>((subscriber) => {
    let before: ConnectionState['_tag'] | undefined;
    let hasTried = false;
    const succeed = (): void => {
      subscriber.next(undefined);
      subscriber.complete();
    };
    subscriber.add(
      state$.subscribe((state) => {
        const isFirst = before === undefined;
        before = state._tag;
        switch (state._tag) {
          case 'Connected':
            // An old connection has to prove that it is alive.
            if (!isFirst) succeed();
            return;
          case 'Connecting':
          case 'Retrying':
            hasTried = true;
            return;
          case 'Scheduled':
            if (hasTried) break;
            // The server has sent the client away meanwhile, and the wait may be long.
            if (!isFirst) retry();
            return;
          case 'Offline':
            if (isFirst && state.reason !== 'paused') return;
            break;
          case 'Failed':
            subscriber.error(state.error);
            return;
          case 'Idle':
          case 'Closed':
        }
        subscriber.error(new ConnectionLost(state._tag === 'Idle' ? 'nobody has logged in' : unavailable(state)));
      }),
    );
    subscriber.add(
      frame$.subscribe(() => {
        if (before === 'Connected') succeed();
      }),
    );
    if (!subscriber.closed) retry();
  });

import { EMPTY, Observable, ReplaySubject, Subject, defer, filter, map, merge, share, take, tap, throwError } from 'rxjs';
import { systemClock } from './clock.js';
import type { Client } from './client/client.js';
import { isClientId } from './client/client-id.js';
import { openClient } from './client/open-client.js';
import { exponential } from './connection/backoff.js';
import { createConnection } from './connection/create-connection.js';
import type { ConnectionEvent, ConnectionState } from './connection/state.js';
import { ConnectionLost, InvalidArgument, SessionClosed, type RealtimeError } from './errors.js';
import type { Fault } from './faults.js';
import type { LoginOptions, RealtimeOptions } from './options.js';

/**
 * One connection to one server, shared by any number of clients. Making it opens nothing: the connection opens with the first login and closes, after a grace,
 * with the last client.
 */
export interface Realtime {
  /** The state of the connection. Hot, replays the current one, never errors, completes after `Closed` or `Failed`. */
  readonly state$: Observable<ConnectionState>;
  /** What happens to the connection. Hot, without replay, never errors. Clients hear the same on `client.connection$`, right after. */
  readonly events$: Observable<ConnectionEvent>;
  /** What went wrong without ending anything. Hot, without replay, never errors. */
  readonly faults$: Observable<Fault>;
  /**
   * A lease on a session: logs in on subscribe, emits the client once it is open, and logs out when the last subscriber has been gone for the grace.
   * Subscribers of the same id share one client. While there is no connection it waits; it errors where it can never succeed (`ServerRejected`, `SignatureFailed`,
   * `InvalidArgument`) and, with `SessionClosed`, when the client is displaced or kicked; it completes when the client is logged out by its `close`.
   *
   * @example realtime.session('Tom').pipe(switchMap((tom) => tom.messages$)).subscribe(console.log);
   */
  session(clientId: string, options?: LoginOptions): Observable<Client>;
  /**
   * Cold: logs in, emits the client, completes. The client lives until `client.close()`. The same id gives the same client while it lives.
   * Errors: `ConnectionLost` where the server can't be reached, `ServerRejected`, `SignatureFailed`, `CommandTimeout`, `InvalidArgument`, `SessionClosed`.
   *
   * @example const tom = await firstValueFrom(realtime.login('Tom'));
   */
  login(clientId: string, options?: LoginOptions): Observable<Client>;
  /** Between `schedule` and `retry`: tries to connect now, and counts attempts from 0 again. Nothing in other states. */
  retry(): void;
  /** Disconnects until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes the connection and all clients, for good. Closing twice is the same as closing once. */
  close(): void;
}

const COMMAND_TIMEOUT = 20_000;
const GRACE = 2_000;
const CATCH_UP_LIMIT = 1_000;

/** 128 random bits as text. */
const minter = (random: () => number) => (): string =>
  Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');

/** Why nobody can log in now; nothing while a connection may still come about. */
const unreachable = (state: ConnectionState): RealtimeError | undefined => {
  switch (state._tag) {
    case 'Scheduled':
      return new ConnectionLost(
        `${state.reason.reason}; is the server running, and its address right? The next attempt is in ${String(state.delay)} ms`,
      );
    case 'Offline':
      return new ConnectionLost(state.reason === 'paused' ? 'the realtime is paused; call resume()' : 'there is no network');
    case 'Closed':
      return new SessionClosed(0, 'the realtime was closed');
    case 'Failed':
      return state.error;
    default:
      return undefined;
  }
};

/**
 * Creates a realtime. Does nothing else: no socket, timer or listener until the first login, where wrong options show as `InvalidArgument`.
 *
 * @example const realtime = createRealtime({ appId: 'my-app', server: 'ws://127.0.0.1:6400' });
 */
export const createRealtime = (options: RealtimeOptions): Realtime => {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const backoff = options.backoff ?? exponential();
  const commandTimeout = options.commandTimeout ?? COMMAND_TIMEOUT;
  const grace = options.grace ?? GRACE;
  const mint = minter(random);
  const deviceId = mint();
  const clientFaults = new Subject<Fault>();
  const sessions = new Map<string, Observable<Client>>();
  const connection = createConnection({ ...options, clock, random, backoff, commandTimeout, grace });

  const open = (clientId: string, login: LoginOptions): Observable<Client> => {
    const signature = login.signature ?? options.signature;
    const outbox = options.outbox === true ? {} : options.outbox === false ? undefined : options.outbox;
    return openClient(connection, {
      appId: options.appId,
      clientId,
      deviceId,
      ...(login.tag === undefined ? {} : { tag: login.tag }),
      ...(signature === undefined ? {} : { signature }),
      signatureTimeout: commandTimeout,
      clock,
      random,
      backoff,
      mint,
      outbox,
      catchUpLimit: options.catchUpLimit ?? CATCH_UP_LIMIT,
      report: (fault) => {
        clientFaults.next(fault);
      },
    });
  };

  /** All logins of an id share one session; it is forgotten as it ends, so that the next login opens a new one. */
  const shared = (clientId: string, login: LoginOptions): Observable<Client> => {
    const current$ = sessions.get(clientId);
    if (current$ !== undefined) return current$;
    const forget = (): void => {
      if (sessions.get(clientId) === client$) sessions.delete(clientId);
    };
    const client$: Observable<Client> = open(clientId, login).pipe(
      tap({ error: forget, complete: forget, unsubscribe: forget }),
      share({
        connector: () => new ReplaySubject<Client>(1),
        // A session that has ended by itself has nothing left to wait for.
        resetOnRefCountZero: () => (sessions.get(clientId) === client$ ? clock.after(grace) : EMPTY),
      }),
    );
    sessions.set(clientId, client$);
    return client$;
  };

  const session = (clientId: string, login: LoginOptions = {}): Observable<Client> =>
    defer(() =>
      isClientId(clientId)
        ? shared(clientId, login)
        : throwError(() => new InvalidArgument(`a client id should be a string of 1 to 64 characters, but is ${JSON.stringify(clientId)}`)),
    );

  return {
    state$: connection.state$,
    events$: connection.events$,
    faults$: merge(connection.faults$, clientFaults),
    session,
    login: (clientId, login) =>
      new Observable<Client>((subscriber) => {
        let opened = false;
        // Outlives the command: the client stays logged in until it is closed.
        const hold = session(clientId, login).subscribe({
          next: (client) => {
            opened = true;
            subscriber.next(client);
            subscriber.complete();
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            subscriber.complete();
          },
        });
        subscriber.add(() => {
          if (!opened) hold.unsubscribe();
        });
        subscriber.add(
          connection.state$
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
      }),
    retry: connection.retry,
    pause: connection.pause,
    resume: connection.resume,
    close: connection.close,
  };
};

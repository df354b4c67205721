import {
  EMPTY,
  ReplaySubject,
  Subject,
  catchError,
  defer,
  from,
  merge,
  of,
  share,
  switchMap,
  tap,
  throwError,
  type Observable,
} from 'rxjs';
import { bodyCodec, builtInTypes, type BodyCodec } from '../codecs/index.js';
import { systemClock } from './clock.js';
import type { Client } from './client/client.js';
import { isClientId } from './client/client-id.js';
import { loginOnce } from './client/login-once.js';
import { openClient } from './client/open-client.js';
import { exponential } from './connection/backoff.js';
import { createConnection } from './connection/create-connection.js';
import type { ConnectionEvent, ConnectionState } from './connection/state.js';
import { InvalidArgument } from './errors.js';
import type { Fault } from './faults.js';
import type { LoginOptions, RealtimeOptions } from './options.js';
import { decorate } from './plugins/decorate.js';
import type { Additions, Plugin } from './plugins/plugin.js';
import { identify, type User } from './session/user.js';

/**
 * One connection to one server, shared by any number of clients. Making it opens nothing: the connection opens with the first login and closes, after a grace,
 * with the last client.
 *
 * @typeParam C what plugins add to its clients
 * @typeParam V what plugins add to their conversations
 */
export interface Realtime<C = unknown, V = unknown> {
  /** The state of the connection. Hot, replays the current one, never errors, completes after `Closed` or `Failed`. */
  readonly state$: Observable<ConnectionState>;
  /** What happens to the connection. Hot, without replay, never errors. Clients hear the same on `client.connection$`, right after. */
  readonly events$: Observable<ConnectionEvent>;
  /** What went wrong without ending anything. Hot, without replay, never errors. */
  readonly faults$: Observable<Fault>;
  /**
   * A lease on a session, of a client id or of a user of the application: logs in on subscribe, emits the client once it is open, and logs out when the last subscriber has been gone for the grace.
   * Subscribers of the same id share one client. While there is no connection it waits; it errors where it can never succeed (`ServerRejected`, `SignatureFailed`,
   * `InvalidArgument`) and, with `SessionClosed`, when the client is displaced or kicked; it completes when the client is logged out by its `close`.
   *
   * @example realtime.session('Tom').pipe(switchMap((tom) => tom.messages$)).subscribe(console.log);
   */
  session(identity: string | User, options?: LoginOptions): Observable<Client<V> & C>;
  /**
   * Cold: logs in by a client id, or as a user by the session token of the application's own sign-in; emits the client, completes. The client lives until `client.close()`. The same id gives the same client while it lives.
   * Errors: `ConnectionLost` where the server can't be reached, `ServerRejected`, `SignatureFailed`, `CommandTimeout`, `InvalidArgument`, `SessionClosed`.
   *
   * @example const tom = await firstValueFrom(realtime.login('Tom'));
   * @example const me = await firstValueFrom(realtime.login({ sessionToken }));
   */
  login(identity: string | User, options?: LoginOptions): Observable<Client<V> & C>;
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
const PLUGIN_TIMEOUT = 5_000;

/** A realtime with what its plugins add to it, to its clients and to their conversations. */
export type ExtendedRealtime<P extends readonly Plugin[]> = Realtime<Additions<P, 'onClient'>, Additions<P, 'onConversation'>> &
  Additions<P, 'onRealtime'>;

/** 128 random bits as text. */
const minter = (random: () => number) => (): string =>
  Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');

/** The codec of message bodies, for the protocol's types, the application's and those of plugins. Throws where two of them have one number. */
const bodiesOf = ({ messages = [], plugins = [] }: RealtimeOptions): BodyCodec =>
  bodyCodec([...builtInTypes, ...messages, ...plugins.flatMap((plugin) => plugin.messages ?? [])]);

/**
 * Creates a realtime. Does nothing else: no socket, timer or listener until the first login, where wrong options show as `InvalidArgument`.
 *
 * @example const realtime = createRealtime({ appId: 'my-app', server: 'ws://127.0.0.1:6400' });
 */
export const createRealtime = <const P extends readonly Plugin[] = []>(options: RealtimeOptions<P>): ExtendedRealtime<P> => {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const backoff = options.backoff ?? exponential();
  const commandTimeout = options.commandTimeout ?? COMMAND_TIMEOUT;
  const grace = options.grace ?? GRACE;
  const plugins: readonly Plugin[] = options.plugins ?? [];
  const mint = minter(random);
  const deviceId = mint();
  const clientFaults = new Subject<Fault>();
  /** Of plugins that threw before anybody could listen. */
  const earlyFaults: Fault[] = [];
  const sessions = new Map<string, Observable<Client>>();
  const connection = createConnection({ ...options, clock, random, backoff, commandTimeout, grace });
  const bodies$ = defer(() => of(bodiesOf(options)));

  const open = (clientId: string, login: LoginOptions, bodies: BodyCodec): Observable<Client> => {
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
      bodies,
      upload: options.upload,
      plugins,
      pluginTimeout: options.pluginTimeout ?? PLUGIN_TIMEOUT,
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
    const client$: Observable<Client> = bodies$.pipe(
      catchError((thrown: unknown) => throwError(() => new InvalidArgument(thrown instanceof Error ? thrown.message : String(thrown)))),
      switchMap((bodies) => open(clientId, login, bodies)),
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

  const sessionOf = (clientId: string, login: LoginOptions): Observable<Client> =>
    isClientId(clientId)
      ? shared(clientId, login)
      : throwError(() => new InvalidArgument(`a client id should be a string of 1 to 64 characters, but is ${JSON.stringify(clientId)}`));

  const session = (identity: string | User, login: LoginOptions = {}): Observable<Client> =>
    defer(() => {
      if (typeof identity !== 'object') return sessionOf(identity, login);
      const { appId, appKey, api, server, fetch } = options;
      return identify(identity, { appId, appKey, api, server, fetch }).pipe(
        switchMap(({ clientId, signature }) => sessionOf(clientId, { signature, ...login })),
      );
    });

  const realtime: Realtime = {
    state$: connection.state$,
    events$: connection.events$,
    faults$: defer(() => merge(from(earlyFaults), connection.faults$, clientFaults)),
    session,
    login: (identity, login) => loginOnce(session(identity, login), connection.state$),
    retry: connection.retry,
    pause: connection.pause,
    resume: connection.resume,
    close: connection.close,
  };
  const decorated = decorate(
    realtime,
    plugins,
    ({ onRealtime }) => onRealtime,
    'onRealtime',
    (fault) => {
      earlyFaults.push(fault);
    },
  );
  // What the decorators add is known by the types of the plugins only.
  return decorated as ExtendedRealtime<P>;
};

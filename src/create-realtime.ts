import {
  EMPTY,
  ReplaySubject,
  Subject,
  catchError,
  defer,
  endWith,
  filter,
  from,
  identity,
  ignoreElements,
  map,
  merge,
  of,
  share,
  switchMap,
  take,
  takeUntil,
  tap,
  throwError,
  type Observable,
} from 'rxjs';
import { defined } from '../codecs/defined.js';
import { bodyCodec, builtInTypes, type BodyCodec } from '../codecs/index.js';
import { aborted } from './aborted.js';
import { systemClock } from './clock.js';
import type { Client } from './client/client.js';
import { isClientId } from './client/client-id.js';
import { loginOnce } from './client/login-once.js';
import { openClient } from './client/open-client.js';
import { exponential } from './connection/backoff.js';
import { limitsOf } from './limits.js';
import { createConnection } from './connection/create-connection.js';
import { InvalidArgument } from './errors.js';
import { healthOf } from './health.js';
import type { Fault } from './faults.js';
import type { LoginOptions } from './login-options.js';
import type { RealtimeOptions } from './options.js';
import { decorate } from './plugins/decorate.js';
import type { ExtendedRealtime, Plugin } from './plugins/plugin.js';
import type { Realtime } from './realtime.js';
import type { User } from './session/user.js';

const COMMAND_TIMEOUT = 20_000;
const GRACE = 2_000;
const CATCH_UP_LIMIT = 1_000;
const PLUGIN_TIMEOUT = 5_000;

/** Code without types may pass something else, such as `true`. */
const isOutbox = (given: unknown): boolean => typeof given === 'object' && given !== null && 'open' in given;

/** Waits until the client is open for the first time. */
const whenOpen = switchMap((client: Client) =>
  client.status$.pipe(
    filter(({ _tag }) => _tag === 'Open'),
    take(1),
    map(() => client),
  ),
);

/** 128 random bits as text. */
const minter = (random: () => number): (() => string) => {
  const part = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return () => part() + part() + part() + part();
};

/**
 * The codec of message bodies, for the types of the protocol, of the application and of plugins. Throws if two of
 * them have the same number.
 */
const bodiesOf = ({ messages = [], plugins = [] }: RealtimeOptions): BodyCodec =>
  bodyCodec([...builtInTypes, ...messages, ...plugins.flatMap((plugin) => plugin.messages ?? [])]);

/**
 * Creates a realtime. It opens nothing: there is no socket, timer or listener before the first login. Wrong options
 * are reported there, as `InvalidArgument`.
 *
 * @example const realtime = createRealtime({ appId: 'my-app', server: 'ws://127.0.0.1:6400' });
 */
export const createRealtime = <const P extends readonly Plugin[] = []>(
  options: RealtimeOptions<P>,
): ExtendedRealtime<P> => {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const backoff = options.backoff ?? exponential();
  const commandTimeout = options.commandTimeout ?? COMMAND_TIMEOUT;
  const grace = options.grace ?? GRACE;
  const { appId, appKey, server } = options;
  const api = { appId, appKey, server, api: options.api, fetch: options.fetch };
  const plugins: readonly Plugin[] = options.plugins ?? [];
  const mint = minter(random);
  const deviceId = mint();
  const clientFaults = new Subject<Fault>();
  /** The faults of plugins that threw before anybody could subscribe. */
  const earlyFaults: Fault[] = [];
  const sessions = new Map<string, Observable<Client>>();
  const connection = createConnection({ ...options, clock, random, backoff, commandTimeout, grace });
  const [health$, watch] = healthOf(connection, clock);
  const bodies$ = defer(() => of(bodiesOf(options)));

  const open = (clientId: string, login: LoginOptions, bodies: BodyCodec): Observable<Client> => {
    const signature = login.signature ?? options.signature;
    const { outbox = false } = options;
    if (outbox !== false && !isOutbox(outbox))
      throw new InvalidArgument('outbox should be made with createOutbox, or be left out');
    return openClient(connection, {
      appId: options.appId,
      clientId,
      deviceId,
      ...defined({ tag: login.tag, signature, offline: login.offline }),
      conversationSignature: login.conversationSignature ?? options.conversationSignature,
      signatureTimeout: commandTimeout,
      commandTimeout,
      clock,
      random,
      backoff,
      mint,
      outbox: outbox === false ? undefined : outbox,
      bodies,
      api,
      upload: options.upload,
      plugins,
      pluginTimeout: options.pluginTimeout ?? PLUGIN_TIMEOUT,
      grace,
      catchUpLimit: options.catchUpLimit ?? CATCH_UP_LIMIT,
      limits: limitsOf(options.limits),
      report: (fault) => {
        clientFaults.next(fault);
      },
    });
  };

  /**
   * All logins of an id share one session. When the session ends it is forgotten, so that the next login opens a new
   * one.
   */
  const shared = (clientId: string, login: LoginOptions): Observable<Client> => {
    const current$ = sessions.get(clientId);
    if (current$ !== undefined) return current$;
    const forget = (): void => {
      if (sessions.get(clientId) === client$) sessions.delete(clientId);
    };
    const begun = (client: Client): void => {
      watch(client);
      // A login right after a logout is a new one, although the server has not answered yet.
      client.status$.subscribe(({ _tag }) => {
        if (_tag === 'Closed') forget();
      });
    };
    const client$: Observable<Client> = bodies$.pipe(
      catchError((thrown: unknown) =>
        throwError(() => new InvalidArgument(thrown instanceof Error ? thrown.message : String(thrown))),
      ),
      switchMap((bodies) => open(clientId, login, bodies)),
      tap({ next: begun, error: forget, complete: forget, unsubscribe: forget }),
      share({
        connector: () => new ReplaySubject<Client>(1),
        // No grace after a session that has ended by itself.
        resetOnRefCountZero: () => (sessions.get(clientId) === client$ ? clock.after(grace) : EMPTY),
      }),
    );
    sessions.set(clientId, client$);
    return client$;
  };

  const sessionOf = (clientId: string, login: LoginOptions): Observable<Client> =>
    isClientId(clientId)
      ? shared(clientId, login).pipe(login.offline === true ? identity : whenOpen)
      : throwError(
          () =>
            new InvalidArgument(
              `a client id should be a string of 1 to 64 characters, but is ${JSON.stringify(clientId)}`,
            ),
        );

  const session = (who: string | User, login: LoginOptions = {}): Observable<Client> =>
    defer(() => {
      if (typeof who !== 'object') return sessionOf(who, login);
      // Code without types may pass a value that was not made by `user`.
      if (!('identify' in who))
        return throwError(() => new InvalidArgument('log in with a client id, or with user({ sessionToken })'));
      return who
        .identify(api, login.offline)
        .pipe(switchMap(({ clientId, signature }) => sessionOf(clientId, { signature, ...login })));
    }).pipe(takeUntil(aborted(login.signal)));

  const realtime: Realtime = {
    state$: connection.state$,
    connection$: connection.events$,
    faults$: defer(() =>
      merge(
        from(earlyFaults),
        connection.faults$,
        clientFaults.pipe(takeUntil(connection.faults$.pipe(ignoreElements(), endWith(undefined)))),
      ),
    ),
    session,
    login: (who, login) => loginOnce(session(who, login), connection.state$),
    health$,
    capabilities$: connection.capabilities$,
    hold: connection.hold,
    retry: connection.retry,
    probe: () => connection.probe$,
    pause: connection.pause,
    resume: connection.resume,
    close: connection.close,
    [Symbol.dispose]: connection.close,
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
  // Only the types of the plugins know the properties that decorators add.
  return decorated as ExtendedRealtime<P>;
};

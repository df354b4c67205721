/** An attempt to connect: find the addresses of the server, then dial them. */
import { catchError, defer, map, mergeMap, of, tap, type Observable } from 'rxjs';
import type { Clock } from '../clock.js';
import { InvalidArgument, toRealtimeError, type RealtimeError } from '../errors.js';
import { inTime } from '../in-time.js';
import { dial, startingAt } from './dial.js';
import { createEndpoints, routerFailure } from './endpoints.js';
import type { Fetch } from './fetch.js';
import { implementation } from './implementation.js';
import { openSocket, type SocketEvent, type WebSocketConstructor } from './socket.js';

/** No attempt can ever work: the addresses or the WebSocket are wrong. */
export interface Unusable {
  readonly _tag: 'Unusable';
  readonly error: RealtimeError;
}

export interface AttemptsOptions {
  readonly appId: string;
  readonly server: string | readonly string[];
  /** The name of the subprotocol. */
  readonly subprotocol: string;
  readonly clock: Clock;
  readonly fetch?: Fetch;
  readonly webSocket?: WebSocketConstructor | undefined;
  /** How long one address may take to open, and the router to answer, ms. Default 10,000. */
  readonly connectTimeout?: number;
  /**
   * Called if the router could not be asked: the attempt is then `Lost`. Also called if it names an address without
   * TLS though it has TLS itself: the attempt goes on with TLS.
   */
  readonly onRouterFailure: (error: RealtimeError) => void;
}

export interface Attempts {
  /** Cold: one attempt. Emits what the socket does. Never errors. */
  readonly attempt$: Observable<SocketEvent | Unusable>;
  /** The server asks to go elsewhere: the next attempt asks the router again, or tries the next address first. */
  readonly leave: () => void;
}

const CONNECT_TIMEOUT = 10_000;

export const attempts = (options: AttemptsOptions): Attempts => {
  const { appId, server, clock, connectTimeout = CONNECT_TIMEOUT } = options;
  const endpoints = createEndpoints({ server, appId, fetch: options.fetch, clock, report: options.onRouterFailure });
  /** The address that is tried first. Moves on with each attempt that fails. */
  let first = 0;

  const dialled = (urls: readonly string[]): Observable<SocketEvent | Unusable> =>
    defer(() => {
      const Implementation = implementation(options.webSocket);
      if (typeof Implementation !== 'function') return of<Unusable>({ _tag: 'Unusable', error: Implementation });
      let hasOpened = false;
      return dial(startingAt(urls, first), {
        open: (url) => openSocket(Implementation, url, options.subprotocol, clock),
        connectTimeout,
        clock,
        reached: (url) => {
          first = urls.indexOf(url);
        },
      }).pipe(
        tap(({ _tag }) => {
          if (_tag === 'Opened') hasOpened = true;
          else if (!hasOpened) first += 1;
        }),
      );
    });

  /** The platform accepts no address of the `server` option. Those of a router may be others the next time. */
  const ifRefused = (event: SocketEvent | Unusable): SocketEvent | Unusable =>
    event._tag === 'Lost' && event.isRefused && !/^http/i.test(String(server))
      ? {
          _tag: 'Unusable',
          error: new InvalidArgument(`server: the platform's WebSocket does not accept it (${event.reason.reason})`),
        }
      : event;

  /** What went wrong before there was an address. */
  const unreachable = (thrown: unknown): SocketEvent | Unusable => {
    const error = toRealtimeError(thrown);
    if (error === thrown && error._tag === 'InvalidArgument') return { _tag: 'Unusable', error };
    const failure = routerFailure(thrown);
    options.onRouterFailure(failure);
    return { _tag: 'Lost', reason: { code: 1006, reason: failure.reason } };
  };

  return {
    attempt$: endpoints.addresses$.pipe(
      inTime(clock, connectTimeout, () => new Error(`it did not answer within ${connectTimeout} ms`)),
      // Only errors of the addresses are caught here.
      catchError((thrown: unknown) => of(unreachable(thrown))),
      mergeMap((found) => ('_tag' in found ? of(found) : dialled(found).pipe(map(ifRefused)))),
      // What dialling throws, another attempt would throw again.
      catchError((thrown: unknown) => of<Unusable>({ _tag: 'Unusable', error: toRealtimeError(thrown) })),
    ),
    leave: () => {
      endpoints.forget();
      first += 1;
    },
  };
};

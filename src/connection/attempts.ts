/** An attempt to connect: where the server is, then which of its addresses answers. */
import { catchError, defer, map, mergeMap, of, tap, type Observable } from 'rxjs';
import type { Clock } from '../clock.js';
import { InvalidArgument, type RealtimeError } from '../errors.js';
import { dial, startingAt } from './dial.js';
import { createEndpoints, routerFailure, type Fetch } from './endpoints.js';
import { implementation } from './implementation.js';
import { openSocket, type SocketEvent, type WebSocketConstructor } from './socket.js';

/** No address can ever work. */
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
  readonly webSocket?: WebSocketConstructor;
  /** How long one address may take to open, ms. Default 10,000. */
  readonly connectTimeout?: number;
  /** The router could not be asked; the attempt is `Lost`. */
  readonly onRouterFailure: (error: RealtimeError) => void;
}

export interface Attempts {
  /** Cold: one attempt. Emits what the socket does; never errors. */
  readonly attempt$: Observable<SocketEvent | Unusable>;
  /** The addresses are asked for again with the next attempt. */
  readonly forget: () => void;
}

const CONNECT_TIMEOUT = 10_000;

export const attempts = (options: AttemptsOptions): Attempts => {
  const { appId, server, clock, connectTimeout = CONNECT_TIMEOUT } = options;
  const endpoints = createEndpoints({ server, appId, fetch: options.fetch, clock });
  /** Which address is tried first; moves on with each attempt that fails. */
  let first = 0;

  const dialled = (urls: readonly string[]): Observable<SocketEvent> =>
    defer(() => {
      let hasOpened = false;
      return implementation(options.webSocket).pipe(
        mergeMap((Implementation) =>
          dial(startingAt(urls, first), {
            open: (url) => openSocket(Implementation, url, options.subprotocol),
            connectTimeout,
            clock,
            reached: (url) => {
              first = urls.indexOf(url);
            },
          }),
        ),
        tap(({ _tag }) => {
          if (_tag === 'Opened') hasOpened = true;
          else if (!hasOpened) first += 1;
        }),
      );
    });

  return {
    attempt$: endpoints.addresses$.pipe(
      map(dialled),
      catchError((error: unknown): Observable<Observable<SocketEvent | Unusable>> => {
        if (error instanceof InvalidArgument) return of(of<Unusable>({ _tag: 'Unusable', error }));
        const failure = routerFailure(error);
        options.onRouterFailure(failure);
        return of(of<SocketEvent>({ _tag: 'Lost', reason: { code: 1006, reason: failure.reason } }));
      }),
      mergeMap((events$) => events$),
    ),
    forget: () => {
      endpoints.forget();
    },
  };
};

/** Where the server is: at addresses that are given, or at those that a router answers with. */
import * as c from '../../codecs/type.js';
import { defer, map, mergeMap, of, type Observable } from 'rxjs';
import { defined } from '../../codecs/defined.js';
import { decodeFailed, record } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { ConnectionLost, InvalidArgument } from '../errors.js';
import { reasonOf } from '../thrown.js';
import { httpUrl, readAddress, socketUrl, withTls, type Address } from './address.js';
import { abortable, answerOf, type Fetch } from './fetch.js';

export interface EndpointsOptions {
  readonly server: string | readonly string[];
  readonly appId: string;
  /** Default: `fetch` of the platform. */
  readonly fetch: Fetch | undefined;
  readonly clock: Clock;
  /** Called if the router names an address that is not used as it is. */
  readonly report: (error: ConnectionLost) => void;
}

export interface Endpoints {
  /**
   * Cold: emits the addresses to try, in order, at least one; then completes. Errors: `InvalidArgument` if the option
   * can never work; whatever went wrong if the router can't be asked.
   */
  readonly addresses$: Observable<readonly string[]>;
  /** Asks the router again the next time. */
  readonly forget: () => void;
}

/** The answer of the router (protocol: `/v1/route`); `ttl` in seconds. */
const Route = record('Route', { server: c.string }, { secondary: c.string, ttl: c.number });

/** The `server` option as one router, or as one or more addresses of servers; throws `InvalidArgument`. */
const parse = (server: string | readonly string[]): readonly [Address, ...Address[]] => {
  const given: unknown = typeof server === 'string' ? [server] : server;
  const [first, ...rest] = Array.isArray(given) ? given.map((one) => readAddress('server', one)) : [];
  if (first === undefined) throw new InvalidArgument('server should hold at least one address, such as ws://host:port');
  if (rest.length > 0 && [first, ...rest].some(isRouter))
    throw new InvalidArgument('server should be several addresses like ws://host:port, or one router, not both');
  return [first, ...rest];
};

const isRouter = ({ scheme }: Address): boolean => scheme === 'http';

const routeOf = (router: Address, appId: string): string =>
  httpUrl(router, `/v1/route?appId=${encodeURIComponent(appId)}&secure=${String(router.isSecure)}`);

/** The endpoints for the `server` option. */
export const createEndpoints = ({ server, appId, fetch: given, clock, report }: EndpointsOptions): Endpoints => {
  let cached: { readonly urls: readonly string[]; readonly until: number } | undefined;

  /** The address of a socket that the router names. It never leads from TLS to a connection without it. */
  const namedBy = (router: Address, text: string): string => {
    let address: Address;
    try {
      address = readAddress('its answer', text);
    } catch (error) {
      // It is not the application's mistake, and the router may answer better the next time.
      throw new Error(reasonOf(error));
    }
    if (!router.isSecure || address.isSecure) return socketUrl(address);
    const secured = socketUrl(withTls(address));
    report(
      new ConnectionLost(
        `${httpUrl(router, '')} has TLS, but names ${socketUrl(address)}, which has none: ${secured} is used. ` +
          'Tell the server its public address, with the option publicUrl',
      ),
    );
    return secured;
  };

  const ask = (router: Address): Observable<readonly string[]> => {
    if (cached !== undefined && cached.until > clock.elapsed()) return of(cached.urls);
    const fetch: Fetch = given ?? ((to, init) => globalThis.fetch(to, init));
    const url = routeOf(router, appId);
    return abortable(({ signal }) =>
      answerOf(url, () => fetch(url, { method: 'GET', headers: {}, redirect: 'manual', ...defined({ signal }) })).pipe(
        mergeMap((response) => {
          if (!response.ok) throw new Error(`it answered with status ${response.status}`);
          return response.json();
        }),
        map((json) => {
          const decoded = Route.decode(json);
          if (decoded._tag === 'Left') throw decodeFailed(decoded.left);
          const { server: first, secondary = first, ttl = 0 } = decoded.right;
          const urls = [...new Set([first, secondary])].map((text) => namedBy(router, text));
          cached = { urls, until: clock.elapsed() + ttl * 1_000 };
          return urls;
        }),
      ),
    );
  };

  return {
    addresses$: defer(() => {
      const urls = parse(server);
      return isRouter(urls[0]) ? ask(urls[0]) : of(urls.map(socketUrl));
    }),
    forget: () => {
      cached = undefined;
    },
  };
};

/** An error of the router as an error of the SDK. */
export const routerFailure = (error: unknown): ConnectionLost =>
  new ConnectionLost(
    `the router could not be asked for the server's addresses: ${error instanceof ConnectionLost ? error.reason : reasonOf(error)}`,
    { cause: error },
  );

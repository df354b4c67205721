/** Where the server is: at addresses that are given, or at those that a router answers with. */
import * as t from 'io-ts';
import { defer, from, map, mergeMap, of, type Observable } from 'rxjs';
import { decodeFailed, record } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { ConnectionLost, InvalidArgument } from '../errors.js';
import { reasonOf } from '../thrown.js';

/** The part of `fetch` that the SDK uses. */
export type Fetch = (
  url: string,
  init?: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string },
) => Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;

export interface EndpointsOptions {
  readonly server: string | readonly string[];
  readonly appId: string;
  /** Default: `fetch` of the platform. */
  readonly fetch: Fetch | undefined;
  readonly clock: Clock;
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
const Route = record('Route', { server: t.string }, { secondary: t.string, ttl: t.number });

const invalid = (problem: string): InvalidArgument =>
  new InvalidArgument(
    `server should ${problem}; use ws://host:port or wss://host, or the http(s):// address of a router`,
  );

/** One address; throws `InvalidArgument`. */
const parseOne = (address: unknown): URL => {
  let url: URL;
  try {
    url = new URL(String(address));
  } catch {
    throw invalid(`be an address, but is ${JSON.stringify(address)}`);
  }
  if (!/^(ws|http)s?:$/.test(url.protocol)) throw invalid(`not begin with ${url.protocol}`);
  return url;
};

const isRouter = ({ protocol }: URL): boolean => protocol.startsWith('http');

/** The `server` option as one router, or as one or more addresses of servers; throws `InvalidArgument`. */
const parse = (server: string | readonly string[]): readonly [URL, ...URL[]] => {
  const addresses: unknown = typeof server === 'string' ? [server] : server;
  const [first, ...rest] = Array.isArray(addresses) ? addresses.map(parseOne) : [];
  if (first === undefined) throw invalid('hold at least one address');
  if (rest.length > 0 && [first, ...rest].some(isRouter))
    throw invalid('be several ws(s):// addresses, or one router, not both');
  return [first, ...rest];
};

const routeOf = (router: URL, appId: string): string => {
  const url = new URL(`${router.href.replace(/\/$/, '')}/v1/route`);
  url.searchParams.set('appId', appId);
  url.searchParams.set('secure', String(router.protocol === 'https:'));
  return url.href;
};

/** The endpoints for the `server` option. */
export const createEndpoints = ({ server, appId, fetch: given, clock }: EndpointsOptions): Endpoints => {
  let cached: { readonly urls: readonly string[]; readonly until: number } | undefined;

  const ask = (router: URL): Observable<readonly string[]> => {
    if (cached !== undefined && cached.until > clock.elapsed()) return of(cached.urls);
    const fetch: Fetch = given ?? ((url) => globalThis.fetch(url));
    return from(fetch(routeOf(router, appId))).pipe(
      mergeMap((response) => {
        if (!response.ok) throw new Error(`it answered with status ${response.status}`);
        return response.json();
      }),
      map((json) => {
        const decoded = Route.decode(json);
        if (decoded._tag === 'Left') throw decodeFailed(decoded.left);
        const { server: first, secondary = first, ttl = 0 } = decoded.right;
        const urls = [...new Set([first, secondary])];
        cached = { urls, until: clock.elapsed() + ttl * 1_000 };
        return urls;
      }),
    );
  };

  return {
    addresses$: defer(() => {
      const urls = parse(server);
      return isRouter(urls[0]) ? ask(urls[0]) : of(urls.map(({ href }) => href));
    }),
    forget: () => {
      cached = undefined;
    },
  };
};

/** An error of the router as an error of the SDK. */
export const routerFailure = (error: unknown): ConnectionLost =>
  new ConnectionLost(`the router could not be asked for the server's addresses: ${reasonOf(error)}`, { cause: error });

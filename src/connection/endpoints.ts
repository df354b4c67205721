/** Where the server is: addresses that are given, or that a router is asked for. */
import * as t from 'io-ts';
import { defer, from, map, mergeMap, of, tap, throwError, type Observable } from 'rxjs';
import { type Either, isLeft, left, right } from '../../codecs/either.js';
import { decodeFailed, record } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { ConnectionLost, InvalidArgument } from '../errors.js';

/** What is used of `fetch`. */
export type Fetch = (
  url: string,
  init?: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string },
) => Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;

export interface EndpointsOptions {
  readonly server: string | readonly string[];
  readonly appId: string;
  readonly fetch: Fetch | undefined;
  readonly clock: Clock;
}

export interface Endpoints {
  /** Cold: the addresses to try, in order, at least one; then complete. Errors: `InvalidArgument` where none can ever work, `ConnectionLost` where the router can't be asked. */
  readonly addresses$: Observable<readonly string[]>;
  /** Ask the router again the next time. */
  forget(): void;
}

/** The router's answer (protocol: `/v1/route`); `ttl` in seconds. */
const Route = record('Route', { server: t.string }, { secondary: t.string, ttl: t.number });

const EXAMPLES = 'use ws://host:port or wss://host, or the http(s):// address of a router';

type Parsed = { readonly _tag: 'Sockets'; readonly urls: readonly string[] } | { readonly _tag: 'Router'; readonly url: URL };

const parseOne = (address: unknown): Either<InvalidArgument, URL> => {
  let url: URL;
  try {
    url = new URL(String(address));
  } catch {
    return left(new InvalidArgument(`server should be an address, but is ${JSON.stringify(address)}; ${EXAMPLES}`));
  }
  return /^(ws|http)s?:$/.test(url.protocol)
    ? right(url)
    : left(new InvalidArgument(`server should not begin with ${url.protocol}; ${EXAMPLES}`));
};

const parse = (server: string | readonly string[]): Either<InvalidArgument, Parsed> => {
  const addresses = typeof server === 'string' ? [server] : server;
  if (!Array.isArray(addresses) || addresses.length === 0)
    return left(new InvalidArgument(`server should hold at least one address; ${EXAMPLES}`));
  const urls: URL[] = [];
  for (const address of addresses) {
    const url = parseOne(address);
    if (isLeft(url)) return url;
    urls.push(url.right);
  }
  const [first] = urls;
  const routers = urls.filter(({ protocol }) => protocol.startsWith('http'));
  if (routers.length === 0) return right({ _tag: 'Sockets', urls: urls.map(({ href }) => href) });
  return first !== undefined && urls.length === 1
    ? right({ _tag: 'Router', url: first })
    : left(new InvalidArgument(`server should be several ws(s):// addresses, or one router, not both; ${EXAMPLES}`));
};

const route = (router: URL, appId: string): string => {
  const url = new URL(`${router.href.replace(/\/$/, '')}/v1/route`);
  url.searchParams.set('appId', appId);
  url.searchParams.set('secure', String(router.protocol === 'https:'));
  return url.href;
};

/** The endpoints of the `server` option. */
export const createEndpoints = ({ server, appId, fetch: given, clock }: EndpointsOptions): Endpoints => {
  let cached: { readonly urls: readonly string[]; readonly until: number } | undefined;

  const ask = (router: URL): Observable<readonly string[]> =>
    defer(() => {
      if (cached !== undefined && cached.until > clock.elapsed()) return of(cached.urls);
      const fetch: Fetch = given ?? ((url) => globalThis.fetch(url));
      const url = route(router, appId);
      return from(fetch(url)).pipe(
        mergeMap((response) => (response.ok ? response.json() : throwError(() => new Error(`it answered with status ${response.status}`)))),
        map((json) => {
          const decoded = Route.decode(json);
          if (isLeft(decoded)) throw decodeFailed(decoded.left);
          return decoded.right;
        }),
        map(({ server: first, secondary, ttl = 0 }) => ({
          urls: secondary === undefined || secondary === first ? [first] : [first, secondary],
          until: clock.elapsed() + ttl * 1_000,
        })),
        tap((answer) => {
          cached = answer;
        }),
        map(({ urls }) => urls),
      );
    });

  return {
    addresses$: defer(() => {
      const parsed = parse(server);
      if (isLeft(parsed)) return throwError(() => parsed.left);
      return parsed.right._tag === 'Sockets' ? of(parsed.right.urls) : ask(parsed.right.url);
    }),
    forget: () => {
      cached = undefined;
    },
  };
};

/** An error of the router in our words. */
export const routerFailure = (error: unknown): ConnectionLost =>
  new ConnectionLost(
    `the router could not be asked for the server's addresses: ${error instanceof Error ? error.message : String(error)}`,
    { cause: error },
  );

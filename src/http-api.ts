/** The HTTP API of the application: what clients ask beside their connection. */
import * as c from '../codecs/type.js';
import { catchError, defer, from, map, mergeMap, of, type Observable } from 'rxjs';
import { defined } from '../codecs/defined.js';
import { record, SafeInteger } from '../codecs/index.js';
import { checkTls, httpUrl, readAddress, type Address } from './connection/address.js';
import { abortable, answerOf, type Fetch, type FetchAnswer } from './connection/fetch.js';
import { ServerRejected } from './errors.js';

export interface HttpApiOptions {
  readonly appId: string;
  readonly appKey: string | undefined;
  /** The address of the API. */
  readonly api: string | undefined;
  /**
   * The address of the server. Without `api`, the API has the same address with `http` instead of `ws`, below the same
   * path.
   */
  readonly server: string | readonly string[];
  readonly fetch: Fetch | undefined;
}

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** The path, with the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

const serverOf = (server: string | readonly string[]): Address =>
  readAddress('server', typeof server === 'string' ? server : server[0]);

/** The address of a path of the API; throws `InvalidArgument`. */
export const apiUrl = ({ api, server }: HttpApiOptions, path: string): string => {
  if (api === undefined) return httpUrl(serverOf(server), path);
  const address = readAddress('api', api);
  checkTls('api', address, serverOf(server));
  return httpUrl(address, path);
};

/** The answer of the API if it refuses (protocol: `{"code", "error"}`). */
const Refused = record('ApiRefusal', { code: SafeInteger }, { error: c.string });

/** Why the API refused, as far as its answer says. The answer of a proxy, for example, need not be JSON. */
const refusalOf = (address: string, status: number, body: unknown): ServerRejected => {
  const answered = `${address} answered with status ${status}`;
  const refused = Refused.decode(body);
  if (refused._tag === 'Left') return new ServerRejected(status, 'HTTP', answered);
  const { code, error } = refused.right;
  return new ServerRejected(code, 'HTTP', error === undefined ? answered : `${answered}: ${error}`);
};

/**
 * Cold: sends a request, emits the JSON of the answer, then completes. `send` makes the request; it must not follow
 * redirects.
 *
 * Errors: `ConnectionLost` if there is no answer, or if it is a redirect; `ServerRejected` if the answer is no
 * success, with the code of the answer, or with the HTTP status if the answer has no code.
 */
export const jsonFrom = (address: string, send: () => Promise<FetchAnswer>): Observable<unknown> =>
  answerOf(address, send).pipe(
    mergeMap((response) =>
      response.ok
        ? response.json()
        : defer(() => from(response.json())).pipe(
            catchError(() => of(undefined)),
            map((answer): never => {
              throw refusalOf(address, response.status, answer);
            }),
          ),
    ),
  );

/**
 * Cold: asks the API, emits the JSON of the answer, then completes.
 *
 * Errors: `InvalidArgument` if there is no usable address; otherwise as `jsonFrom`.
 */
export const askHttpApi = (
  options: HttpApiOptions,
  { method, path, headers, body }: HttpRequest,
): Observable<unknown> =>
  abortable(({ signal }) => {
    const address = apiUrl(options, path);
    const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    const { appId, appKey } = options;
    return jsonFrom(address, () =>
      fetch(address, {
        method,
        headers: {
          'content-type': 'application/json',
          'x-lc-id': appId,
          ...defined({ 'x-lc-key': appKey }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        ...defined({ signal }),
      }),
    );
  });

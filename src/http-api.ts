/** The HTTP API of the application: what clients ask beside their connection. */
import * as t from 'io-ts';
import { catchError, defer, from, map, mergeMap, of, throwError, type Observable } from 'rxjs';
import { isLeft } from '../codecs/either.js';
import { record, SafeInteger } from '../codecs/index.js';
import type { Fetch } from './connection/endpoints.js';
import { ConnectionLost, InvalidArgument, ServerRejected } from './errors.js';

export interface HttpApiOptions {
  readonly appId: string;
  readonly appKey: string | undefined;
  /** Where the API is. */
  readonly api: string | undefined;
  /** Where the server is; its address with `http` is taken for the API where none is given. */
  readonly server: string | readonly string[];
  readonly fetch: Fetch | undefined;
}

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

/**
 * Cold: asks the API; emits the JSON that it answers with, then completes. Errors: `InvalidArgument` where there is no address, `ConnectionLost` where it can't be reached, `ServerRejected` where it does not answer with
 * success: with the code in the answer, or the HTTP status where there is none.
 */
export type HttpApi = (request: HttpRequest) => Observable<unknown>;

const baseOf = ({ api, server }: HttpApiOptions): string | undefined => {
  const base = api ?? (typeof server === 'string' ? server : server[0]);
  return base !== undefined && URL.canParse(base) ? base.replace(/^ws/, 'http') : undefined;
};

/** What the API answers where it refuses (protocol: `{"code", "error"}`). */
const Refused = record('ApiRefusal', { code: SafeInteger }, { error: t.string });

/** Cold: why the API refused, as far as it says; then completes. */
const refusalOf = (address: string, response: Awaited<ReturnType<Fetch>>): Observable<ServerRejected> =>
  defer(() => response.json()).pipe(
    // Whatever is in between, a proxy say, need not answer with JSON.
    catchError(() => of(undefined)),
    map((body) => {
      const answered = `${address} answered with status ${String(response.status)}`;
      const refused = Refused.decode(body);
      if (isLeft(refused)) return new ServerRejected(response.status, 'HTTP', answered);
      const { code, error } = refused.right;
      return new ServerRejected(code, 'HTTP', error === undefined ? answered : `${answered}: ${error}`);
    }),
  );

export const httpApi =
  (options: HttpApiOptions): HttpApi =>
  ({ method, path, headers, body }) =>
    defer(() => {
      const base = baseOf(options);
      if (base === undefined) return throwError(() => new InvalidArgument('api should be an address, such as https://api.example.com'));
      const address = new URL(path, base).href;
      const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
      const { appId, appKey } = options;
      return from(
        fetch(address, {
          method,
          headers: {
            'content-type': 'application/json',
            'x-lc-id': appId,
            ...(appKey === undefined ? {} : { 'x-lc-key': appKey }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ).pipe(
        catchError((cause: unknown) =>
          throwError(
            () => new ConnectionLost(`${address} can't be reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }),
          ),
        ),
        mergeMap((response) =>
          response.ok ? response.json() : refusalOf(address, response).pipe(mergeMap((refusal) => throwError(() => refusal))),
        ),
      );
    });

/** The HTTP API of the application: what clients ask beside their connection. */
import { catchError, defer, from, mergeMap, throwError, type Observable } from 'rxjs';
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
 * Cold: asks the API; emits the JSON that it answers with, then completes. Errors: `InvalidArgument` where there is no address, `ConnectionLost` where it can't be reached, `ServerRejected` with the HTTP status where it
 * does not answer with success.
 */
export type HttpApi = (request: HttpRequest) => Observable<unknown>;

const baseOf = ({ api, server }: HttpApiOptions): string | undefined => {
  const base = api ?? (typeof server === 'string' ? server : server[0]);
  return base !== undefined && URL.canParse(base) ? base.replace(/^ws/, 'http') : undefined;
};

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
        mergeMap((response) => {
          if (!response.ok) throw new ServerRejected(response.status, 'HTTP', `${address} answered with status ${String(response.status)}`);
          return from(response.json());
        }),
      );
    });

/** Requests over HTTP. */
import { catchError, defer, finalize, from, map, type Observable } from 'rxjs';
import { ConnectionLost } from '../errors.js';
import { reasonOf } from '../thrown.js';

/** The part of an answer that the SDK uses. */
export interface FetchAnswer {
  readonly ok: boolean;
  readonly status: number;
  /** `opaqueredirect` in browsers: a redirect that was not followed. */
  readonly type?: string;
  /** Whether a redirect was followed all the same. */
  readonly redirected?: boolean;
  readonly headers?: { get(name: string): string | null };
  json(): Promise<unknown>;
}

/** The part of `fetch` that the SDK uses. */
export type Fetch = (
  url: string,
  init?: {
    readonly method: string;
    readonly headers: Record<string, string>;
    /** JSON, or the file of an upload. */
    readonly body?: string | Blob | (Uint8Array & { readonly buffer: ArrayBuffer });
    /** Redirects are not followed: they could take tokens and keys to another server. */
    readonly redirect?: 'manual';
    /** Aborted when nobody waits for the answer any more. Missing where the platform has no `AbortController`. */
    readonly signal?: AbortSignal;
  },
) => Promise<FetchAnswer>;

const isRedirect = ({ status, type, redirected }: FetchAnswer): boolean =>
  type === 'opaqueredirect' || redirected === true || (status > 300 && status < 309 && status !== 304);

/** The place that a redirect names, without its query. */
const placeOf = ({ headers }: FetchAnswer): string => {
  const place = headers?.get('location') ?? '';
  return place === '' ? '' : ` to ${place.replace(/\?.*/s, '').slice(0, 200)}`;
};

/** Node says "fetch failed", and the reason is its cause. */
const whyOf = (thrown: unknown): string =>
  thrown instanceof Error && thrown.cause instanceof Error
    ? `${thrown.message}: ${thrown.cause.message}`
    : reasonOf(thrown);

/**
 * Cold: sends a request, emits its answer, then completes. Errors with `ConnectionLost` if there is no answer, or if
 * the answer is a redirect.
 */
export const answerOf = (url: string, send: () => Promise<FetchAnswer>): Observable<FetchAnswer> =>
  defer(() => from(send())).pipe(
    catchError((cause: unknown) => {
      throw new ConnectionLost(`${url} can't be reached: ${whyOf(cause)}`, { cause });
    }),
    map((answer) => {
      if (isRedirect(answer))
        throw new ConnectionLost(
          `${url} redirects${placeOf(answer)}, and redirects are not followed: give the address where they lead`,
        );
      return answer;
    }),
  );

/**
 * Cold: work with requests that end when nobody waits for the work any more. Otherwise a server that never answers
 * would keep their connections open, and a process alive.
 */
export const abortable = <T>(work: (ending: { readonly signal?: AbortSignal }) => Observable<T>): Observable<T> =>
  defer(() => {
    if (typeof AbortController !== 'function') return work({});
    const ending = new AbortController();
    return work(ending).pipe(finalize(() => ending.abort()));
  });

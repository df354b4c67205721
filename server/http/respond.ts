import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Answers the requests for one path; false for other paths. */
export type Endpoint = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Pages of any origin may send requests: no endpoint uses cookies. */
export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE, OPTIONS',
  // Those that the SDKs send, and those of an upload.
  'access-control-allow-headers':
    'authorization, cache-control, content-type, range, x-lc-hook-key, x-lc-id, x-lc-im-session-token, x-lc-key, ' +
    'x-lc-prod, x-lc-session, x-lc-sign, x-lc-ua',
  'access-control-max-age': '86400',
};

/** Tells a browser that a page of any origin may send its request. */
export const allow = (response: ServerResponse): void => {
  response.writeHead(204, CORS).end();
};

const TOO_SLOW = 408;
const TOO_LONG = 413;

/**
 * Answers with JSON, which no cache keeps. If a client sends too much or too slowly, its connection is closed after
 * the answer.
 */
export const respond = (
  response: ServerResponse,
  status: number,
  body: object,
  headers: OutgoingHttpHeaders = CORS,
): void => {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === TOO_LONG || status === TOO_SLOW ? { connection: 'close' } : {}),
    ...headers,
  });
  response.end(JSON.stringify(body));
};

/** The path without the query. Nothing is parsed, so a malformed address can't throw. */
export const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

/** A header as one text; empty if it is missing. */
export const headerOf = ({ headers }: IncomingMessage, name: string): string => {
  const header = headers[name];
  return Array.isArray(header) ? header.join() : (header ?? '');
};

/** The answer of an endpoint: a status and JSON. */
export type Answer = readonly [status: number, body: object];

export interface JsonEndpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly answer: (request: IncomingMessage) => Promise<Answer>;
  /** Called with an error of the endpoint; the client gets status 500. */
  readonly report: (error: unknown) => void;
}

/** An endpoint that answers one method of one path with JSON. */
export const jsonEndpoint =
  ({ method, path, answer, report }: JsonEndpoint): Endpoint =>
  (request, response) => {
    if (pathOf(request) !== path) return false;
    if (request.method === 'OPTIONS') {
      allow(response);
      return true;
    }
    if (request.method !== method) return false;
    answer(request)
      .then(([status, body]) => {
        if (!response.headersSent) respond(response, status, body);
      })
      .catch((error: unknown) => {
        // The client has gone, or was too slow and has its answer.
        if (request.errored !== null || response.headersSent) return;
        report(error);
        respond(response, 500, { code: 1, error: 'the server could not carry this out' });
      });
    return true;
  };

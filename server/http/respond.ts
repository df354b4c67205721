import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers the requests for one path; false for other paths. */
export type Endpoint = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Pages of any origin may send requests: no endpoint uses cookies. */
export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'content-type, x-lc-id, x-lc-key, x-lc-session, x-lc-im-session-token',
};

const TOO_LONG = 413;

/** Answers with JSON. If a client sends too much, its connection is closed after the answer. */
export const respond = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(status === TOO_LONG ? { connection: 'close' } : {}),
    ...CORS,
  });
  response.end(JSON.stringify(body));
};

/** The path without the query. Nothing is parsed, so a malformed address can't throw. */
export const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

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
      response.writeHead(204, CORS).end();
      return true;
    }
    if (request.method !== method) return false;
    answer(request)
      .then(([status, body]) => {
        respond(response, status, body);
      })
      .catch((error: unknown) => {
        // The client has gone.
        if (request.errored !== null) return;
        report(error);
        respond(response, 500, { code: 1, error: 'the server could not carry this out' });
      });
    return true;
  };

/** What is answered over HTTP: where clients find their server (protocol: `/v1/route`). */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** How long clients keep the answer, seconds. */
const TTL = 3_600;

const PATH = '/v1/route';

const respond = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(JSON.stringify(body));
};

/** The path without the query; nothing is parsed that could be refused by throwing. */
const pathOf = ({ url = '' }: IncomingMessage): string | undefined => url.split('?', 1)[0];

/** Answers the router lookup with the address that the client has called, or with `url` where it doesn't say. */
export const answerRoute =
  (url: () => string): RequestListener =>
  (request, response) => {
    if (pathOf(request) !== PATH) {
      respond(response, 404, { code: 1, error: `Not found: this server speaks WebSocket, and answers ${PATH}` });
      return;
    }
    const { host } = request.headers;
    const address = host === undefined || host === '' ? url() : `ws://${host}`;
    respond(response, 200, { server: address, secondary: address, ttl: TTL });
  };

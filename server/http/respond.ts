import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers one path; false where it is not this one's. */
export type Endpoint = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Pages of any origin may ask: nothing here goes by cookies. */
export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'content-type, x-lc-id, x-lc-key, x-lc-session',
};

const TOO_LONG = 413;

/** Answers with JSON; the connection of who sends too much ends with that. */
export const respond = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...(status === TOO_LONG ? { connection: 'close' } : {}), ...CORS });
  response.end(JSON.stringify(body));
};

/** The path without the query; nothing is parsed that could be refused by throwing. */
export const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

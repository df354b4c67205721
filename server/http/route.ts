/** Where clients find their server (protocol: `/v1/route`). */
import type { Front } from './front.js';
import { pathOf, respond, type Endpoint } from './respond.js';
import { queryOf } from './token.js';

/** How long clients keep the answer, seconds. */
const TTL = 3_600;

/** Answers the router lookup. With `secure=true`, the address has TLS. */
export const route =
  (front: Front): Endpoint =>
  (request, response) => {
    if (pathOf(request) !== '/v1/route') return false;
    const address = front.socketUrl(request, queryOf(request).get('secure') === 'true');
    respond(response, 200, { server: address, secondary: address, ttl: TTL });
    return true;
  };

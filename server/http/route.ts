/** Where clients find their server (protocol: `/v1/route`). */
import type { Front } from './front.js';
import { pathOf, respond, type Endpoint } from './respond.js';
import { queryOf } from './token.js';

/** How long clients keep the answer, seconds. */
const TTL = 3_600;

/**
 * Answers the router lookup. With `secure=true`, the address has TLS; the Swift, Java and Objective-C SDKs write
 * `secure=1`.
 */
export const route =
  (front: Front): Endpoint =>
  (request, response) => {
    if (pathOf(request) !== '/v1/route') return false;
    const address = front.socketUrl(request, /^(?:true|1)$/.test(queryOf(request).get('secure') ?? ''));
    respond(response, 200, { server: address, secondary: address, ttl: TTL });
    return true;
  };

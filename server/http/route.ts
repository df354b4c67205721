/** Where clients find their server (protocol: `/v1/route`). */
import { pathOf, respond, type Endpoint } from './respond.js';

/** How long clients keep the answer, seconds. */
const TTL = 3_600;

/** Answers the router lookup with the host that the request names, or with `url` if it names no host. */
export const route =
  (url: () => string): Endpoint =>
  (request, response) => {
    if (pathOf(request) !== '/v1/route') return false;
    const { host } = request.headers;
    const address = host === undefined || host === '' ? url() : `ws://${host}`;
    respond(response, 200, { server: address, secondary: address, ttl: TTL });
    return true;
  };

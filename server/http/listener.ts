/** The HTTP endpoints on the server's port. */
import type { RequestListener } from 'node:http';
import { pathOf, respond, type Endpoint } from './respond.js';

export const listener =
  (endpoints: readonly Endpoint[]): RequestListener =>
  (request, response) => {
    if (endpoints.some((endpoint) => endpoint(request, response))) return;
    respond(response, 404, {
      code: 1,
      error: `Not found: this server speaks WebSocket, and does not answer ${pathOf(request)}`,
    });
  };

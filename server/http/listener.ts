/** The HTTP endpoints on the server's port. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Door } from './door.js';
import { pathOf, respond, type Endpoint } from './respond.js';
import { timerTime } from './timer.js';
import { isUpload } from './uploads.js';

export interface ListenerOptions {
  readonly endpoints: readonly Endpoint[];
  readonly door: Door;
  /** The path of the public address, without a slash at its end. */
  readonly prefix: string;
  /** How long the body of a request may take, ms. Uploads have time limits of their own. */
  readonly bodyTimeout: number;
}

/** The address below the public path, whether a proxy has left that path out or not. */
export const withoutPrefix = (url: string, prefix: string): string => {
  const rest = url.startsWith(prefix) ? url.slice(prefix.length) : undefined;
  return prefix === '' || rest === undefined || !/^(?:[/?]|$)/.test(rest)
    ? url
    : rest.startsWith('/')
      ? rest
      : `/${rest}`;
};

/** Ends a request whose body takes too long. */
const hurry = (request: IncomingMessage, response: ServerResponse, timeout: number): void => {
  const late = setTimeout(() => {
    if (request.complete) return;
    if (response.headersSent) request.destroy();
    else respond(response, 408, { code: 1, error: `a request has ${timeout} ms for its body` });
  }, timerTime(timeout));
  request.once('close', () => {
    clearTimeout(late);
  });
};

export const listener =
  ({ endpoints, door, prefix, bodyTimeout }: ListenerOptions): RequestListener =>
  (request, response) => {
    const refused = door.refusal(request, response);
    if (refused !== undefined) {
      const [status, error] = refused;
      response.setHeader('connection', 'close');
      respond(response, status, { code: status, error });
      return;
    }
    request.url = withoutPrefix(request.url ?? '', prefix);
    if (!isUpload(request)) hurry(request, response, bodyTimeout);
    if (endpoints.some((endpoint) => endpoint(request, response))) return;
    respond(response, 404, {
      code: 1,
      error: `Not found: this server speaks WebSocket, and does not answer ${pathOf(request)}`,
    });
  };

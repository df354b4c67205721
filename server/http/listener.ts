/** The HTTP endpoints on the server's port. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Limits } from '../options.js';
import type { Door } from './door.js';
import { inTurn } from './in-turn.js';
import { allow, pathOf, respond, type Endpoint } from './respond.js';
import { timerTime } from './timer.js';
import { isUpload } from './uploads.js';

export interface ListenerOptions {
  readonly endpoints: readonly Endpoint[];
  readonly door: Door;
  /** The path of the public address, without a slash at its end. */
  readonly prefix: string;
  /** How long the body of a request may take, and its answer, ms. Uploads have time limits of their own. */
  readonly limits: Pick<Limits, 'bodyTimeout' | 'stallTimeout' | 'transferTimeout'>;
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

/** Ends an answer that its client does not take. It would hold its memory and its connection for ever. */
const limitAnswer = (
  response: ServerResponse,
  { stallTimeout, transferTimeout }: Pick<Limits, 'stallTimeout' | 'transferTimeout'>,
): void => {
  response.once('prefinish', () => {
    const end = (): void => {
      response.destroy();
    };
    response.setTimeout(timerTime(stallTimeout), end);
    const late = setTimeout(end, timerTime(transferTimeout));
    response.once('close', () => {
      clearTimeout(late);
    });
  });
};

export const listener = ({ endpoints, door, prefix, limits }: ListenerOptions): RequestListener =>
  inTurn((request, response) => {
    limitAnswer(response, limits);
    const refused = door.refusal(request, response);
    if (refused !== undefined) {
      const [status, error] = refused;
      response.setHeader('connection', 'close');
      respond(response, status, { code: status, error });
      return;
    }
    request.url = withoutPrefix(request.url ?? '', prefix);
    if (!isUpload(request)) hurry(request, response, limits.bodyTimeout);
    if (endpoints.some((endpoint) => endpoint(request, response))) return;
    // Without this answer, a browser would not send the request, and its page could not see the status 404.
    if (request.method === 'OPTIONS') {
      allow(response);
      return;
    }
    respond(response, 404, {
      code: 1,
      error: `Not found: this server speaks WebSocket, and does not answer ${pathOf(request)}`,
    });
  });

/** What operators read over HTTP: the metrics, with a key; on a port of their own, whether the server is ready, too. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OnRequest } from '../http/own-requests.js';
import { headerOf, pathOf, type Endpoint } from '../http/respond.js';
import { isSameSecret } from '../same-secret.js';
import type { Metrics } from './metrics.js';
import { isLoopback } from './settings.js';

/** Decides whether a request may read the metrics. */
export type MayRead = (request: IncomingMessage) => boolean;

const TEXT = 'text/plain; charset=utf-8';

/** A request with `Authorization: Bearer <key>`. */
export const withKey =
  (key: string): MayRead =>
  (request) =>
    isSameSecret(headerOf(request, 'authorization'), `Bearer ${key}`);

/** A request from this machine that no proxy has passed on. */
export const fromHere: MayRead = (request) =>
  isLoopback(request.socket.remoteAddress?.replace(/^::ffff:/i, '') ?? '') &&
  request.headers['x-forwarded-for'] === undefined &&
  request.headers.forwarded === undefined;

export const nobody: MayRead = () => false;

const say = (response: ServerResponse, status: number, text: string, type = TEXT): void => {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
};

/** `GET /metrics`. `report` is called if the figures can't be read. */
export const metricsEndpoint =
  (metrics: Metrics, mayRead: MayRead, report: (error: unknown) => void): OnRequest =>
  (request, response) => {
    if (pathOf(request) !== '/metrics' || request.method !== 'GET') return false;
    if (!mayRead(request)) {
      response.setHeader('www-authenticate', 'Bearer');
      say(response, 401, 'send the key of the metrics: Authorization: Bearer <key>\n');
      return true;
    }
    metrics.text().then(
      (text) => {
        say(response, 200, text, metrics.contentType);
      },
      (error: unknown) => {
        report(error);
        say(response, 500, 'the metrics can not be read\n');
      },
    );
    return true;
  };

/** A port for operators. It has connections of its own, so it answers even if clients have taken all the others. */
export const listenForOperators = async (
  endpoints: readonly Endpoint[],
  { port, host }: { readonly port: number; readonly host: string },
): Promise<{ readonly port: number; readonly close: () => void }> => {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000 }, (request, response) => {
    if (!endpoints.some((endpoint) => endpoint(request, response))) say(response, 404, 'there is nothing here\n');
  });
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

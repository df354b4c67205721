import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { subprotocols, type Subprotocol } from '../codecs/index.js';
import type { App } from './app.js';
import { inProcessBus } from './bus.js';
import { defaultLimits, type ServerOptions } from './options.js';
import { reasonOf } from './refusal.js';
import { serialByKey } from './serial.js';
import { serveSocket, type ClientSocket } from './socket.js';
import { memoryStore } from './store/memory.js';

/** What a server is doing now. */
export interface ServerStats {
  /** Open sockets. */
  readonly sockets: number;
  /** Clients that are logged in on them. */
  readonly sessions: number;
}

/** A server that listens. */
export interface RtmServer {
  /** The address for clients: `ws://host:port`. */
  readonly url: string;
  readonly port: number;
  stats(): ServerStats;
  /** Ends all sessions of a client with `session/closed`; by default with code 4115. */
  kick(clientId: string, how?: { readonly code?: number; readonly reason?: string }): void;
  /** Asks every client to look its endpoints up again and reconnect. */
  goaway(): void;
  /** Closes every socket with 1001, which clients take as a reason to reconnect, then the port and the store. */
  close(): Promise<void>;
}

const KICKED = 4115;
const GOING_AWAY = 1001;
/** How long clients have to answer a close, ms. */
const CLOSE_TIMEOUT = 1_000;
/** How long clients keep the router's answer, seconds. */
const ROUTE_TTL = 3_600;
/** A frame beyond this many times the bound is not read at all: it closes with 1009. */
const UNREAD_FACTOR = 2;

const known: ReadonlyMap<string, Subprotocol> = new Map(Object.values(subprotocols).map((subprotocol) => [subprotocol.name, subprotocol]));

const offered = ({ headers }: IncomingMessage): readonly string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

const respond = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(JSON.stringify(body));
};

const refuseHandshake = (socket: Duplex): void => {
  const body = `Offer one of the subprotocols ${[...known.keys()].join(', ')}\n`;
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
};

/**
 * Starts a server for the LeanCloud RTM protocol, both subprotocols, with the router lookup `/v1/route` on the same port. Resolves when it listens.
 *
 * @example
 * const server = await createServer({ port: 0 });
 * const realtime = createRealtime({ appId: 'demo', server: server.url });
 */
export const createServer = async (options: ServerOptions = {}): Promise<RtmServer> => {
  const { host = '127.0.0.1', port: wantedPort = 0 } = options;
  const app: App = {
    appId: options.appId,
    store: options.store ?? memoryStore(),
    bus: options.bus ?? inProcessBus(),
    limits: { ...defaultLimits, ...options.limits },
    clock: options.clock ?? { now: Date.now },
    verifyLogin: options.verifyLogin ?? (() => true),
    inOrder: serialByKey(),
  };
  const clients = new Set<ClientSocket>();

  const http = createHttpServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname !== '/v1/route')
      respond(response, 404, { code: 1, error: 'Not found: this server speaks WebSocket, and answers /v1/route' });
    else {
      const address = `ws://${request.headers.host ?? `${host}:${wantedPort}`}`;
      respond(response, 200, { server: address, secondary: address, ttl: ROUTE_TTL });
    }
  });

  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: app.limits.frameBytes * UNREAD_FACTOR,
    handleProtocols: (protocols) => [...protocols].find((name) => known.has(name)) ?? false,
  });
  sockets.on('connection', (socket) => {
    const subprotocol = known.get(socket.protocol) ?? subprotocols.binary;
    const client = serveSocket({
      app,
      socket,
      subprotocol,
      report: (error) => {
        console.error(error);
      },
    });
    clients.add(client);
    socket.once('close', () => clients.delete(client));
  });
  http.on('upgrade', (request, socket, head) => {
    if (offered(request).some((name) => known.has(name))) {
      sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
    } else refuseHandshake(socket);
  });

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(wantedPort, host, () => {
      http.off('error', reject);
      resolve();
    });
  });
  const { port } = http.address() as AddressInfo;

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    for (const client of clients) client.close(GOING_AWAY, 'the server is going away');
    const late = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, CLOSE_TIMEOUT);
    await new Promise((resolve) => {
      http.close(resolve);
      http.closeAllConnections();
    });
    clearTimeout(late);
    await app.store.close();
  };

  return {
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    stats: () => ({ sockets: clients.size, sessions: [...clients].reduce((sum, { sessions }) => sum + sessions.size, 0) }),
    kick: (clientId, { code = KICKED, reason = reasonOf(KICKED) } = {}) => {
      app.bus.publish(clientId, { _tag: 'Kick', code, reason });
    },
    goaway: () => {
      for (const client of clients) client.write({ cmd: 'goaway' });
    },
    close: () => (closing ??= close()),
  };
};

/** The HTTP server below the endpoints and the WebSockets, with its bounds. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';
import type { Limits } from '../options.js';
import type { Door } from './door.js';

export interface HttpServerOptions {
  readonly limits: Limits;
  readonly door: Door;
  readonly listener: RequestListener;
  readonly tls?: TlsIdentity | undefined;
  /** Serves the handshake of a WebSocket. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** How often Node looks for requests that take too long, ms. */
const CHECK_INTERVAL = 1_000;

/** Answers a handshake with a refusal, and closes the connection. */
export const refuseHandshake = (socket: Duplex, status: string, text: string): void => {
  const body = `${text}\n`;
  // The refused client may have left already.
  socket.on('error', () => undefined);
  // A client that never closes its side must not keep the socket open.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
};

/** Fields that speak of a change of protocol. */
const OF_UPGRADE = ['upgrade', 'http2-settings'];

/**
 * The head of a request without its wish for another protocol, as bytes. A server may ignore such a wish: HTTP clients
 * that know HTTP/2 offer `h2c` with each request.
 */
const plainHead = ({ method = 'GET', url = '/', httpVersion, rawHeaders }: IncomingMessage): Buffer => {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (name.toLowerCase() === 'connection') {
      const rest = value.split(',').filter((option) => !OF_UPGRADE.includes(option.trim().toLowerCase()));
      if (rest.length > 0) lines.push(`${name}: ${rest.join(',').trim()}`);
    } else if (!OF_UPGRADE.includes(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
};

const wantsWebSocket = ({ headers: { upgrade = '' } }: IncomingMessage): boolean =>
  upgrade.split(',').some((protocol) => protocol.trim().toLowerCase() === 'websocket');

const REASONS = { 429: '429 Too Many Requests', 503: '503 Service Unavailable' };

/** The certificate of a server and its private key, in PEM. */
export interface TlsIdentity {
  /** The certificate, and behind it those between it and its authority. */
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

const plain = (identity: TlsIdentity): TlsIdentity => ({ cert: identity.cert, key: identity.key });

/** What tells a connection from all others that are open. */
const endsOf = ({ remoteAddress, remotePort, localPort, localAddress }: Socket): string =>
  [remoteAddress, remotePort, localAddress, localPort].join();

/**
 * Connects the door with a server with TLS. A connection is counted when it comes, before its TLS is there: otherwise
 * those that never get that far would not be counted.
 */
const guardTls = (server: TlsServer, door: Door): void => {
  const greeting = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const ends = endsOf(socket);
    greeting.set(ends, socket);
    socket.once('close', () => {
      if (greeting.get(ends) === socket) greeting.delete(ends);
    });
    door.connected(socket);
  });
  server.on('secureConnection', (secure) => {
    const ends = endsOf(secure);
    const socket = greeting.get(ends);
    greeting.delete(ends);
    if (socket !== undefined) door.secured(socket, secure);
  });
  const closeAll = server.closeAllConnections.bind(server);
  server.closeAllConnections = () => {
    for (const socket of greeting.values()) socket.destroy();
    closeAll();
  };
};

/** Throws an error that says what is wrong with a certificate and its key. */
const checkTls = (identity: TlsIdentity): TlsIdentity => {
  try {
    createSecureContext(plain(identity));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RangeError(`tls: the certificate and its key can't be used: ${why}`, { cause: error });
  }
  return plain(identity);
};

export const httpServer = ({ limits, door, listener, upgrade, tls }: HttpServerOptions): Server => {
  // 0 and Infinity would both mean that there is no limit.
  const ms = (limit: number): number => (Number.isFinite(limit) ? Math.max(1, Math.ceil(limit)) : 0);
  const bounds = {
    headersTimeout: ms(limits.headerTimeout),
    requestTimeout: ms(Math.max(limits.headerTimeout, limits.bodyTimeout, limits.transferTimeout)),
    connectionsCheckingInterval: CHECK_INTERVAL,
  };
  const secure =
    tls === undefined
      ? undefined
      : createTlsServer({ ...bounds, ...checkTls(tls), handshakeTimeout: ms(limits.headerTimeout) }, listener);
  const server = secure ?? createServer(bounds, listener);
  if (secure === undefined) server.on('connection', door.connected);
  else guardTls(secure, door);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!wantsWebSocket(request)) {
      // Node has let go of the socket: the server reads the request once more, as a plain one.
      socket.unshift(Buffer.concat([plainHead(request), head]));
      server.emit('connection', socket);
      return;
    }
    const refused = door.refusal(request, socket);
    if (refused === undefined) upgrade(request, socket, head);
    else refuseHandshake(socket, REASONS[refused[0]], refused[1]);
  });
  return server;
};

/** Takes another certificate, for connections that come from now on. Throws if it can't be used. */
export const renewTls = (server: Server, identity: TlsIdentity): void => {
  if (!(server instanceof TlsServer)) throw new RangeError('tls: this server was started without TLS');
  server.setSecureContext(checkTls(identity));
};

/**
 * A process with a server: `room-server.ts ours`, `room-server.ts limited` with rates like the cloud's, or
 * `room-server.ts bare`, which forwards everything that a socket sends to all others and knows no protocol.
 */
import { WebSocketServer } from 'ws';
import { createServer, type ServerOptions } from 'rx-realtime/server';
import type { AddressInfo } from 'node:net';

const ours = async (limits: ServerOptions['limits'] = {}): Promise<string> =>
  // All clients of a bench have one address.
  (await createServer({ port: 0, limits: { connections: Infinity, connectionsByAddress: Infinity, ...limits } })).url;

/**
 * Rates like the cloud's. The measured client sends more than the cloud allows, so its limit is higher here: only the
 * flooding client exceeds it.
 */
const LIMITED = { sendsPerMinute: 6_000, historyPerMinute: 120 };

/** A broadcast as the documentation of `ws` shows it. */
const bare = (): Promise<string> =>
  new Promise((resolve) => {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
      resolve(`ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`);
    });
    sockets.on('connection', (sender) => {
      sender.on('message', (data) => {
        for (const socket of sockets.clients)
          if (socket !== sender && socket.readyState === socket.OPEN) socket.send(data);
      });
    });
  });

process.on('message', () => {
  process.send?.({ rssMb: Math.round(process.memoryUsage().rss / 1_048_576) });
});
process.on('disconnect', () => process.exit());

const [kind] = process.argv.slice(2);
process.send?.({ url: await (kind === 'bare' ? bare() : ours(kind === 'limited' ? LIMITED : {})) });

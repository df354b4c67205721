/**
 * A process with a server: `room-server.ts ours`, `room-server.ts limited`, with the cloud's bound of messages, or
 * `room-server.ts bare`, which hands what one socket sends to all others and knows no protocol.
 */
import { WebSocketServer } from 'ws';
import { createServer, type ServerOptions } from 'rx-realtime/server';
import type { AddressInfo } from 'node:net';

const ours = async (limits: ServerOptions['limits'] = {}): Promise<string> =>
  (await createServer({ port: 0, limits })).url;

/**
 * The rates of the cloud are a minute's; the measured client sends more, so that only the flooder is over its share.
 */
const LIMITED = { sendsPerMinute: 6_000, historyPerMinute: 120 };

/** How `ws` itself documents a broadcast. */
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

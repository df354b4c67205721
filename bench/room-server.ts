/** A process with a server of `bench/room.ts`: `room-server.ts ours`, or `room-server.ts bare`, which hands what one socket sends to all others and knows no protocol. */
import { WebSocketServer } from 'ws';
import { createServer } from 'rx-realtime/server';
import type { AddressInfo } from 'node:net';

const ours = async (): Promise<string> => (await createServer({ port: 0 })).url;

/** How `ws` itself documents a broadcast. */
const bare = (): Promise<string> =>
  new Promise((resolve) => {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
      resolve(`ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`);
    });
    sockets.on('connection', (sender) => {
      sender.on('message', (data) => {
        for (const socket of sockets.clients) if (socket !== sender && socket.readyState === socket.OPEN) socket.send(data);
      });
    });
  });

process.on('message', () => {
  process.send?.({ rssMb: Math.round(process.memoryUsage().rss / 1_048_576) });
});
process.on('disconnect', () => process.exit());

process.send?.({ url: await (process.argv[2] === 'ours' ? ours() : bare()) });

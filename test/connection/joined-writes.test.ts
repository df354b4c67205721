import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { nodeWebSocket } from '../../src/connection/node-web-socket.js';

/** A socket of the client, and what its server hears. */
const open = async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const connected = once(server, 'connection');
  const Implementation = nodeWebSocket();
  const client = new Implementation(
    `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    'lc.protobuf2.3',
  ) as unknown as WebSocket;
  onTestFinished(() => {
    client.terminate();
    server.close();
  });
  const upgraded = once(client, 'upgrade');
  await once(client, 'open');
  const [{ socket }] = (await upgraded) as unknown as readonly [{ readonly socket: Socket }];
  const [peer] = (await connected) as unknown as readonly [WebSocket];
  const heard: string[] = [];
  peer.on('message', (data: Buffer) => {
    heard.push(data.toString());
  });
  return { client, socket, peer, heard };
};

it('writes what was sent before a close in the same turn, then the close', async () => {
  const { client, peer, heard } = await open();
  for (let index = 0; index < 40; index += 1) client.send(String(index));
  client.close(1000);
  const [code] = (await once(peer, 'close')) as unknown as readonly [number];
  expect([code, heard]).toEqual([1000, Array.from({ length: 40 }, (_, index) => String(index))]);
});

it('throws nothing in the turn in which the connection breaks', async () => {
  const { client, peer } = await open();
  const closed = once(client, 'close');
  client.send('a');
  client.terminate();
  client.send('b');
  await Promise.all([closed, once(peer, 'close')]);
});

it('writes the frames of a turn together and in order, each as a frame of its own', async () => {
  const { client, socket, peer, heard } = await open();
  const last = new Promise<void>((resolve) => {
    peer.on('message', () => {
      if (heard.length === 200) resolve();
    });
  });
  const frames = Array.from({ length: 200 }, (_, index) => `frame ${String(index)}`);
  for (const frame of frames.slice(0, 100)) client.send(frame);
  expect(socket.writableCorked).toBe(1);
  await Promise.resolve();
  for (const frame of frames.slice(100)) client.send(frame);
  await last;
  expect(heard).toEqual(frames);
  expect(socket.writableCorked).toBe(0);
});

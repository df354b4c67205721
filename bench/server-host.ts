/**
 * A process with a server: `server-host.ts ours`, `server-host.ts socketio`, or `server-host.ts bare`, which forwards
 * bytes, acknowledges them and knows no protocol.
 */
import { either as E } from 'fp-ts';
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Server } from 'socket.io';
import { WebSocketServer, type WebSocket } from 'ws';
import { createServer } from 'rx-realtime/server';
import {
  CONVERSATIONS,
  FEW,
  GROUPS,
  HostOrder,
  LOGINS,
  MANY,
  MESSAGES,
  RICH,
  memberId,
  type Serving,
} from './server-orders.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const TEXT = JSON.stringify({ _lctype: -1, _lctext: 'hello' });

type Host = Serving & { readonly stir: (count: number) => Promise<void> };

const idle = (): Promise<void> => Promise.resolve();

const ours = async (): Promise<Host> => {
  const { url, backEnd } = await createServer({
    // All clients of a bench have one address.
    limits: { connections: Infinity, connectionsByAddress: Infinity, memberships: Infinity },
  });
  const groups: string[] = [];
  for (const size of GROUPS)
    groups.push((await backEnd.create({ members: Array.from({ length: size }, (_, index) => memberId(index)) })).id);
  const create = async (members: readonly string[], count: number, messages: number): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (let number = 0; number < count; number += 1) {
      const { id } = await backEnd.create({ members });
      ids.push(id);
      for (let message = 0; message < messages; message += 1) await backEnd.send(id, { from: 'writer', body: TEXT });
    }
    return ids;
  };
  const own = [
    await create(RICH, CONVERSATIONS, MESSAGES),
    await create([MANY], LOGINS.many, 0),
    await create([FEW], LOGINS.few, 0),
  ];
  let next = 0;
  return {
    url,
    groups,
    stir: async (count) => {
      for (const ids of own)
        for (let number = 0; number < count; number += 1) {
          next += 1;
          await backEnd.send(ids[(next * 7919) % ids.length] ?? '', { from: 'writer', body: TEXT });
        }
    },
  };
};

/** Rooms with acknowledgements, as the documentation of Socket.IO shows them. Nothing is stored or checked. */
const socketio = (): Promise<Host> =>
  new Promise((resolve) => {
    const http = createHttp();
    const server = new Server(http, { transports: ['websocket'], serveClient: false });
    let clients = 0;
    server.on('connection', (socket) => {
      for (const size of GROUPS) if (clients < size) void socket.join(`group-${size}`);
      clients += 1;
      socket.on('send', (group: string, message: string, acknowledge: (answer: object) => void) => {
        acknowledge({ uid: `m${clients}`, t: Date.now() });
        socket.to(group).emit('message', { from: 'm0', t: Date.now(), message });
      });
    });
    http.listen(0, '127.0.0.1', () => {
      resolve({
        url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
        groups: GROUPS.map((size) => `group-${size}`),
        stir: idle,
      });
    });
  });

const ACKNOWLEDGEMENT = Buffer.alloc(60, 1);

/** The first character of a message says which group it is for. */
const bare = (): Promise<Host> =>
  new Promise((resolve) => {
    const all: WebSocket[] = [];
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
      resolve({
        url: `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`,
        groups: GROUPS.map((_, index) => String(index)),
        stir: idle,
      });
    });
    sockets.on('connection', (sender) => {
      all.push(sender);
      sender.on('message', (data: Buffer) => {
        sender.send(ACKNOWLEDGEMENT);
        const size = GROUPS[Number(data.toString('latin1', 0, 1))] ?? 0;
        for (let index = 0; index < size; index += 1) if (all[index] !== sender) all[index]?.send(data);
      });
    });
  });

const hosts: Readonly<Record<string, () => Promise<Host>>> = { ours, socketio, bare };

const [kind = ''] = process.argv.slice(2);
const host = await hosts[kind]?.();
if (host === undefined) throw new Error(`there is no server ${kind}`);

process.on('message', (message) => {
  const order = HostOrder.decode(message);
  if (E.isLeft(order)) throw new Error(`no order: ${JSON.stringify(message)}`);
  if (order.right.order === 'stir') {
    void host.stir(order.right.count).then(() => process.send?.({ done: true }));
    return;
  }
  if (order.right.order === 'heap') {
    collect();
    process.send?.({ heap: process.memoryUsage().heapUsed + process.memoryUsage().external });
    return;
  }
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system });
});
process.on('disconnect', () => process.exit());
process.send?.({ url: host.url, groups: host.groups });

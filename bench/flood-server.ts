/**
 * The server of the benchmarks, in its own process. It says that every conversation exists, and floods a receiver
 * when it gets the order. All expensive work is done before the flood, so the receiver limits the speed.
 */
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  decodeClientFrame,
  encodeConversations,
  encodeFrame,
  subprotocols,
  type ClientCommand,
  type ServerCommand,
} from 'rx-realtime/codecs';
import { WebSocketServer, type WebSocket } from 'ws';
import { prepareFlood, reader, type Flood, type Mix } from './flood.js';
import { FloodOrder } from './orders.js';

const Where = t.type({ objectId: t.union([t.string, t.type({ $in: t.array(t.string) })]) });

const idsOf = (where: string): readonly string[] => {
  const parsed = Where.decode(JSON.parse(where));
  if (E.isLeft(parsed)) return [];
  const { objectId } = parsed.right;
  return typeof objectId === 'string' ? [objectId] : objectId.$in;
};

const describe = (ids: readonly string[]): string =>
  encodeConversations(ids.map((id) => ({ id, kind: 'ordinary', creator: reader, members: [reader], attributes: {} })));

const answer = (command: ClientCommand): ServerCommand | undefined => {
  const head = { ...(command.i === undefined ? {} : { i: command.i }), peerId: reader, service: 2 };
  switch (command.cmd) {
    case 'echo':
      return { cmd: 'echo', ...head };
    case 'logs':
      return { cmd: 'logs', ...head, logsMessage: {} };
    case 'conv':
      return command.op === 'query'
        ? {
            cmd: 'conv',
            op: 'results',
            ...head,
            convMessage: { results: { data: describe(idsOf(command.convMessage.where?.data ?? '{}')) } },
          }
        : undefined;
    case 'session':
      return command.op === 'close'
        ? { cmd: 'session', op: 'closed', ...head }
        : {
            cmd: 'session',
            op: 'opened',
            ...head,
            serverTs: Date.now(),
            sessionMessage: { st: 'token', stTtl: 86_400 },
          };
    default:
      return undefined;
  }
};

const serve = (socket: WebSocket): void => {
  socket.on('message', (data: Buffer) => {
    const command = decodeClientFrame(data);
    if (E.isLeft(command) || command.right.cmd === 'unsupported') return;
    const reply = answer(command.right);
    if (reply !== undefined) socket.send(encodeFrame(reply, subprotocols.binary));
  });
};

/** Writes a flood, and waits whenever the socket's buffer is full. */
const pour = async ({ chunks }: Flood, socket: Duplex): Promise<void> => {
  for (const chunk of chunks) if (!socket.write(chunk)) await once(socket, 'drain');
};

const mix: Mix = process.argv[2] === 'mixed' ? 'mixed' : 'texts';
const http = createServer();
const webSockets = new WebSocketServer({ noServer: true });
/** The sockets by the path of their address. The path says which contender it is. */
const sockets = new Map<string, Duplex>();
/** The floods of this round, by their number of conversations. */
let floods: ReadonlyMap<number, Flood> = new Map();

http.on('upgrade', (request, socket, head) => {
  sockets.set(request.url ?? '', socket);
  webSockets.handleUpgrade(request, socket, head, serve);
});

process.on('message', (order) => {
  const decoded = FloodOrder.decode(order);
  if (E.isLeft(decoded)) throw new Error(`no order: ${JSON.stringify(order)}`);
  if (decoded.right.order === 'prepare') {
    const { first, count, spreads } = decoded.right;
    floods = new Map(
      spreads.map((conversations) => [conversations, prepareFlood({ mix, first, count, conversations })]),
    );
    process.send?.({
      expected: [...floods].map(([conversations, { texts, bytes }]) => ({ conversations, texts, bytes })),
    });
    return;
  }
  const { path, conversations } = decoded.right;
  const socket = sockets.get(path);
  const flood = floods.get(conversations);
  if (socket === undefined || flood === undefined)
    throw new Error(`nobody has connected at ${path}, or nothing is prepared`);
  void pour(flood, socket);
});
process.on('disconnect', () => process.exit());

http.listen(0, '127.0.0.1', () => {
  // A TCP server's address is never a string.
  process.send?.({ port: (http.address() as AddressInfo).port });
});

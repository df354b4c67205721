/**
 * The server of `bench:outbound`, in its own process: it acknowledges messages, and does as little as it can for one.
 * So the clients limit the speed. The answers of a turn are written together.
 */
import { either as E } from 'fp-ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { decodeClientFrame, encodeConversations, encodeFrame, subprotocols } from 'rx-realtime/codecs';
import type { ClientCommand, ServerCommand } from 'rx-realtime/codecs';
import { WebSocketServer, type WebSocket } from 'ws';
import { push_server } from './proto/rtm.js';
import { Count } from './send-orders.js';
import { textChecksum } from './text-checksum.js';

const { GenericCommand } = push_server.messages2;
/** The number of the kind `direct`. */
const DIRECT = 2;

/** The fields that this server reads without a check. */
interface Believed {
  readonly cmd: number;
  readonly i: number;
  readonly directMessage: { readonly cid: string; readonly msg: string };
}

const EPOCH = Date.UTC(2030, 0);

/** What has come from the sender at a path. */
interface Received {
  count: number;
  checksum: number;
}
const received = new Map<string, Received>();

const answer = (command: ClientCommand): ServerCommand | undefined => {
  switch (command.cmd) {
    case 'conv':
      return command.op === 'query'
        ? {
            cmd: 'conv',
            op: 'results',
            convMessage: {
              results: {
                data: encodeConversations([
                  { id: 'conversation', kind: 'ordinary', creator: 'sender', members: ['sender'], attributes: {} },
                ]),
              },
            },
          }
        : undefined;
    case 'session':
      return command.op === 'close'
        ? { cmd: 'session', op: 'closed' }
        : { cmd: 'session', op: 'opened', serverTs: EPOCH, sessionMessage: { st: 'token', stTtl: 86_400 } };
    case 'echo':
      return { cmd: 'echo' };
    default:
      return undefined;
  }
};

const serve = (socket: WebSocket, tcp: Duplex, path: string): void => {
  const tally: Received = { count: 0, checksum: 0 };
  received.set(path, tally);
  let frames: Uint8Array[] = [];
  const send = (frame: Uint8Array | string): void => {
    if (typeof frame === 'string') return;
    if (frames.length === 0)
      setImmediate(() => {
        const all = frames;
        frames = [];
        tcp.cork();
        for (const one of all) socket.send(one);
        tcp.uncork();
      });
    frames.push(frame);
  };
  let id = 0;
  socket.on('message', (data: Buffer) => {
    const { cmd, i, directMessage } = GenericCommand.decode(data) as unknown as Believed;
    if (cmd === DIRECT) {
      id += 1;
      tally.count += 1;
      tally.checksum =
        (tally.checksum + textChecksum((JSON.parse(directMessage.msg) as { readonly _lctext: string })._lctext)) | 0;
      send(
        encodeFrame(
          {
            cmd: 'ack',
            i,
            peerId: 'sender',
            ackMessage: { uid: `m${String(id)}`, t: EPOCH + id, cid: directMessage.cid },
          },
          subprotocols.binary,
        ),
      );
      return;
    }
    const command = decodeClientFrame(data);
    if (E.isLeft(command) || command.right.cmd === 'unsupported') return;
    const reply = answer(command.right);
    if (reply !== undefined) send(encodeFrame({ ...reply, i, peerId: 'sender' }, subprotocols.binary));
  });
};

const http = createServer();
const webSockets = new WebSocketServer({ noServer: true });
http.on('upgrade', (request, socket, head) => {
  webSockets.handleUpgrade(request, socket, head, (webSocket) => {
    serve(webSocket, socket, request.url ?? '');
  });
});
process.on('message', (order) => {
  const decoded = Count.decode(order);
  if (E.isLeft(decoded)) throw new Error(`no order: ${JSON.stringify(order)}`);
  process.send?.({ ...(received.get(decoded.right.path) ?? { count: 0, checksum: 0 }) });
});
process.on('disconnect', () => process.exit());
http.listen(0, '127.0.0.1', () => {
  // A TCP server's address is never a string.
  process.send?.({ port: (http.address() as AddressInfo).port });
});

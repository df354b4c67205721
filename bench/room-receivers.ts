/**
 * A process with the receivers of `bench/room.ts`: `room-receivers.ts <url> <room> <count>`. Without a room, the
 * server is the bare one. The receivers find a stamp in the bytes and decode nothing.
 */
import { either as E } from 'fp-ts';
import { WebSocket } from 'ws';
import { decodeServerFrame, encodeFrame, subprotocols, type ClientCommand } from 'rx-realtime/codecs';
import { ReceiverOrder, type Tally } from './room-orders.js';
import { now, stampOf } from './room-stamp.js';

const [url = '', room = '', count = '0'] = process.argv.slice(2);
/** Each receiver measures the delay of one high message in this many. */
const SAMPLE = 7;

let received = { high: 0, normal: 0, low: 0 };
let highDelays: number[] = [];
let reordered = 0;
let isCounting = false;

const arrived = (bytes: Buffer, before: number): number => {
  const stamp = stampOf(bytes);
  if (stamp === undefined) return before;
  if (!isCounting) return stamp.number;
  received[stamp.priority] += 1;
  if (stamp.number < before) reordered += 1;
  if (stamp.priority === 'high' && received.high % SAMPLE === 0) highDelays.push((now() - stamp.sentAt) / 1_000);
  return stamp.number;
};

const send = (socket: WebSocket, command: ClientCommand): void => {
  socket.send(encodeFrame(command, subprotocols.binary));
};

/** Opens a socket. Resolves when it is in the room. */
const enter = (index: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const id = `r${index}`;
    const socket = new WebSocket(url, room === '' ? [] : [subprotocols.binary.name], { perMessageDeflate: false });
    let isInside = room === '';
    let last = 0;
    socket.on('error', reject);
    socket.on('open', () => {
      if (isInside) resolve();
      else send(socket, { cmd: 'session', op: 'open', appId: 'bench', peerId: id, i: 1, sessionMessage: {} });
    });
    socket.on('message', (data: Buffer) => {
      if (isInside) {
        last = arrived(data, last);
        return;
      }
      const answer = decodeServerFrame(data);
      if (E.isLeft(answer)) throw answer.left;
      if (answer.right.i === 1)
        send(socket, { cmd: 'conv', op: 'add', peerId: id, i: 2, convMessage: { cid: room, m: [id] } });
      if (answer.right.i === 2) {
        isInside = true;
        resolve();
      }
    });
  });

const tally = (): Tally => ({ received, highDelays, reordered });

process.on('message', (message) => {
  const order = ReceiverOrder.decode(message);
  if (E.isLeft(order)) throw new Error(`no order: ${JSON.stringify(message)}`);
  if (order.right.order === 'tell') {
    process.send?.(tally());
    return;
  }
  received = { high: 0, normal: 0, low: 0 };
  highDelays = [];
  reordered = 0;
  isCounting = true;
  process.send?.({ inside: Number(count) });
});
process.on('disconnect', () => process.exit());

for (let index = 0; index < Number(count); index += 1) await enter(index);
process.send?.({ inside: Number(count) });

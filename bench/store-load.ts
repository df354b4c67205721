/** A process with the senders of one server: `store-load.ts <url> <senders> <in flight> <conversation> …`. */
import { either as E } from 'fp-ts';
import { decodeServerFrame, encodeFrame, subprotocols, type ClientCommand } from 'rx-realtime/codecs';
import { median } from './rounds.js';
import { openWire, type Wire } from './server-wire.js';
import { LoadOrder, senderId } from './store-orders.js';

const [url = '', senders = '', inFlight = '', ...ids] = process.argv.slice(2);
const BODY = JSON.stringify({ _lctype: -1, _lctext: 'x'.repeat(170) });
const DIGITS = 12;

const frame = (command: ClientCommand): Buffer => Buffer.from(encodeFrame(command, subprotocols.binary) as Uint8Array);

interface Sender {
  readonly wire: Wire;
  /** A message for each one in flight: only the number in its token changes. */
  readonly messages: readonly Buffer[];
  readonly at: number;
}

/** Messages of others in the conversation and counts of unread messages are no acknowledgements. Throws if refused. */
const isAcknowledgement = (payload: Buffer): boolean => {
  const decoded = decodeServerFrame(payload);
  if (E.isLeft(decoded)) throw new Error(`this is no frame: ${payload.toString('hex')}`);
  const command = decoded.right;
  if (command.cmd === 'error' || (command.cmd === 'ack' && command.ackMessage.code !== undefined))
    throw new Error(`a message was refused: ${JSON.stringify(command)}`);
  return command.cmd === 'ack';
};

const open = async (index: number): Promise<Sender> => {
  const clientId = senderId(index);
  const wire = await openWire(url, '/', subprotocols.binary.name);
  const opened = new Promise<void>((resolve) => {
    wire.onFrame = () => {
      resolve();
    };
  });
  wire.send(frame({ cmd: 'session', op: 'open', appId: 'bench', peerId: clientId, i: 1, sessionMessage: {} }));
  await opened;
  const dt = '0'.repeat(DIGITS);
  const cid = ids[index % ids.length] ?? '';
  const bytes = frame({ cmd: 'direct', peerId: clientId, i: 7, directMessage: { cid, msg: BODY, dt } });
  const messages = Array.from({ length: Number(inFlight) }, () => Buffer.from(bytes));
  return { wire, messages, at: bytes.indexOf(dt) };
};

const all = await Promise.all(Array.from({ length: Number(senders) }, (_, index) => open(index)));
let number = 0;

const measure = async ({ time }: LoadOrder): Promise<object> => {
  let isOver = false;
  const times: number[] = [];
  const began = performance.now();
  const one = ({ wire, messages, at }: Sender): Promise<void> =>
    new Promise((resolve) => {
      /** In the order of their acknowledgements: all are for one conversation. */
      const underWay: { readonly bytes: Buffer; readonly sent: number }[] = [];
      const next = (bytes: Buffer): void => {
        number += 1;
        bytes.write(String(number).padStart(DIGITS, '0'), at, 'latin1');
        underWay.push({ bytes, sent: performance.now() });
        wire.send(bytes);
      };
      wire.onFrame = (payload) => {
        if (!isAcknowledgement(payload)) return;
        const acknowledged = underWay.shift();
        if (acknowledged === undefined) throw new Error('a message was acknowledged twice');
        times.push(performance.now() - acknowledged.sent);
        if (!isOver) next(acknowledged.bytes);
        else if (underWay.length === 0) resolve();
      };
      messages.forEach(next);
    });
  const ended = Promise.all(all.map(one));
  await new Promise((resolve) => setTimeout(resolve, time));
  const result = { perSecond: (times.length * 1_000) / (performance.now() - began), p50: median(times) };
  isOver = true;
  await ended;
  return result;
};

process.on('message', (message) => {
  const order = LoadOrder.decode(message);
  if (E.isLeft(order)) throw new Error(`no order: ${JSON.stringify(message)}`);
  void measure(order.right).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });

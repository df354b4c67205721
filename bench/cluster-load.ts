/**
 * A process with the clients of one cluster: `cluster-load.ts <urls> <occupants> <room> <group> …`. The addresses are
 * apart by commas. Clients are spread over the nodes one by one, so the two of a pair are on different ones.
 */
import { either as E } from 'fp-ts';
import { encodeFrame, subprotocols, type ClientCommand } from 'rx-realtime/codecs';
import { GROUPS, LoadOrder, memberId } from './cluster-orders.js';
import { median } from './rounds.js';
import { openWire, type Wire } from './server-wire.js';

const [given = '', occupantCount = '0', room = '', ...groups] = process.argv.slice(2);
const urls = given.split(',');

const BODY = JSON.stringify({ _lctype: -1, _lctext: 'x'.repeat(120) });
/** A number in the token of a message, so that each has another one. */
const DIGITS = 12;
/** The priority of messages that a chat room never drops, however slow its receivers are. */
const HIGH = 1;
/** Clients that log in at the same time. */
const AT_ONCE = 50;
/** How long nothing has to arrive until it is quiet, ms. */
const QUIET = 1_000;

const frame = (command: ClientCommand): Buffer => Buffer.from(encodeFrame(command, subprotocols.binary) as Uint8Array);

/** Resolves when so many frames have arrived. */
const frames = (wire: Wire, count: number): Promise<void> =>
  new Promise((resolve) => {
    let left = count;
    wire.onFrame = () => {
      left -= 1;
      if (left === 0) resolve();
    };
  });

let lastFrame = 0;
const open = async (clientId: string, index: number): Promise<Wire> => {
  const wire = await openWire(urls[index % urls.length] ?? '', '/', subprotocols.binary.name);
  // The answer, and the counts of unread messages.
  const opened = frames(wire, 2);
  wire.send(frame({ cmd: 'session', op: 'open', appId: 'bench', peerId: clientId, i: 1, sessionMessage: {} }));
  await opened;
  return wire;
};

const enter = async (wire: Wire, clientId: string): Promise<void> => {
  const entered = frames(wire, 1);
  wire.send(frame({ cmd: 'conv', op: 'add', peerId: clientId, i: 2, convMessage: { cid: room, m: [clientId] } }));
  await entered;
};

/** Runs a task for each number, some at once. */
const each = async <A>(count: number, run: (index: number) => Promise<A>): Promise<readonly A[]> => {
  const all: A[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      all[index] = await run(index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return all;
};

const members = await each(Math.max(...GROUPS), (index) => open(memberId(index), index));
const [sender] = members;
if (sender === undefined) throw new Error('there is no sender');
const occupants = await each(Number(occupantCount), async (index) => {
  const id = `o${index}`;
  const wire = await open(id, index);
  await enter(wire, id);
  return wire;
});
await enter(sender, memberId(0));
for (const wire of [...members, ...occupants])
  wire.onFrame = () => {
    lastFrame = performance.now();
  };
lastFrame = performance.now();
while (performance.now() - lastFrame < QUIET) await new Promise((resolve) => setTimeout(resolve, QUIET / 10));

const templates = new Map<string, readonly [bytes: Buffer, at: number]>();
let number = 0;
const messageFor = (cid: string): Buffer => {
  let template = templates.get(cid);
  if (template === undefined) {
    const dt = '0'.repeat(DIGITS);
    const bytes = frame({
      ...{ cmd: 'direct', peerId: memberId(0), i: 7, priority: HIGH },
      directMessage: { cid, msg: BODY, dt },
    });
    template = [bytes, bytes.indexOf(dt)];
    templates.set(cid, template);
  }
  number += 1;
  template[0].write(String(number).padStart(DIGITS, '0'), template[1], 'latin1');
  return template[0];
};

/** Whether a frame has a message, and is no answer or notice, which are shorter. */
const isMessage = (payload: Buffer): boolean => payload.length > BODY.length;

/** Sends messages, so many at a time. Resolves when all acknowledgements and deliveries have come. */
const sendAll = ({ group, count, inFlight }: LoadOrder): Promise<number> =>
  new Promise((resolve) => {
    const receivers = group === undefined ? occupants : members.slice(1, GROUPS[group]);
    const cid = group === undefined ? room : (groups[group] ?? '');
    let [sent, acknowledged, left] = [0, 0, count * receivers.length];
    const times: number[] = [];
    let began = performance.now();
    const end = (): void => {
      if (left <= 0 && acknowledged >= count) resolve(times.length === 0 ? 0 : median(times));
    };
    const next = (): void => {
      if (sent === count) return;
      sent += 1;
      began = performance.now();
      sender.send(messageFor(cid));
    };
    sender.onFrame = (payload) => {
      if (isMessage(payload)) return;
      acknowledged += 1;
      if (inFlight === 1) times.push(performance.now() - began);
      next();
      end();
    };
    for (const receiver of receivers)
      receiver.onFrame = (payload) => {
        if (!isMessage(payload)) return;
        left -= 1;
        end();
      };
    for (let index = 0; index < inFlight; index += 1) next();
  });

process.on('message', (message) => {
  const order = LoadOrder.decode(message);
  if (E.isLeft(order)) throw new Error(`no order: ${JSON.stringify(message)}`);
  void sendAll(order.right).then((roundTrip) => process.send?.({ roundTrip }));
});
process.on('disconnect', () => process.exit());
process.send?.({ done: true });

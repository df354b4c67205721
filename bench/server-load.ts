/** A process with the clients of one server: `server-load.ts <ours|socketio|bare> <url> <group> <group> <group>`. */
import { either as E } from 'fp-ts';
import { encodeFrame, subprotocols, type ClientCommand } from 'rx-realtime/codecs';
import { median } from './rounds.js';
import { GROUPS, LoadOrder, memberId } from './server-orders.js';
import { openWire, type Wire } from './server-wire.js';

const [kind = '', url = '', ...groups] = process.argv.slice(2);

const TEXT = 'x'.repeat(120);
const BODY = JSON.stringify({ _lctype: -1, _lctext: TEXT });
/** A number in the token of a message, so that each has another one. */
const DIGITS = 12;

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

interface Contender {
  readonly open: (clientId: string) => Promise<Wire>;
  /** Makes the next message for a group. */
  readonly message: (group: string, number: number) => Buffer | string;
}

const openOurs = async (clientId: string, awaited = 2): Promise<Wire> => {
  const wire = await openWire(url, '/', subprotocols.binary.name);
  // The answer, and the counts of unread messages.
  const opened = frames(wire, awaited);
  wire.send(frame({ cmd: 'session', op: 'open', appId: 'bench', peerId: clientId, i: 1, sessionMessage: {} }));
  await opened;
  return wire;
};

const templates = new Map<string, readonly [bytes: Buffer, at: number]>();

const ours: Contender = {
  open: openOurs,
  message: (group, number) => {
    const dt = '0'.repeat(DIGITS);
    const template =
      templates.get(group) ??
      ((): readonly [Buffer, number] => {
        const bytes = frame({
          cmd: 'direct',
          peerId: memberId(0),
          i: 7,
          directMessage: { cid: group, msg: BODY, dt },
        });
        return [bytes, bytes.indexOf(dt)];
      })();
    templates.set(group, template);
    const [bytes, at] = template;
    bytes.write(String(number).padStart(DIGITS, '0'), at, 'latin1');
    return bytes;
  },
};

const PING = '2'.charCodeAt(0);
const CONNECT = '40';

/** Calls `then` with each frame that is no heartbeat. */
const counting = (wire: Wire, then: () => void): void => {
  wire.onFrame = (payload) => {
    if (kind === 'socketio' && payload.length === 1 && payload[0] === PING) wire.send('3');
    else then();
  };
};

/** Engine.IO 4 and Socket.IO 5: `40` connects, `42` is an event, the digits after it ask for an acknowledgement. */
const socketio: Contender = {
  open: async () => {
    const wire = await openWire(url, '/socket.io/?EIO=4&transport=websocket');
    const opened = new Promise<void>((resolve) => {
      wire.onFrame = (payload) => {
        if (payload.subarray(0, 2).toString() === CONNECT) resolve();
      };
    });
    wire.send(CONNECT);
    await opened;
    counting(wire, () => undefined);
    return wire;
  },
  message: (group, number) => `42${number}["send","${group}",${JSON.stringify(BODY)}]`,
};

const bare: Contender = {
  open: () => openWire(url, '/'),
  message: (group) => {
    const bytes = Buffer.from(`${group}${'x'.repeat(80)}${BODY}`, 'latin1');
    return bytes;
  },
};

const contender = { ours, socketio, bare }[kind];
if (contender === undefined) throw new Error(`there is no contender ${kind}`);

const members: Wire[] = [];
for (let index = 0; index < Math.max(...GROUPS); index += 1) members.push(await contender.open(memberId(index)));

let number = 0;

/** Sends messages, so many at a time. Resolves when all acknowledgements and deliveries have come. */
const sendAll = (group: number, count: number, inFlight: number): Promise<number> =>
  new Promise((resolve) => {
    const size = GROUPS[group] ?? 0;
    const [sender] = members;
    if (sender === undefined) throw new Error('there is no sender');
    let [sent, acknowledged, left] = [0, 0, count * (size - 1)];
    const times: number[] = [];
    let began = performance.now();
    const end = (): void => {
      if (left === 0 && acknowledged === count) resolve(median(times));
    };
    const next = (): void => {
      if (sent === count) return;
      sent += 1;
      number += 1;
      began = performance.now();
      sender.send(contender.message(groups[group] ?? '', number));
    };
    counting(sender, () => {
      acknowledged += 1;
      if (inFlight === 1) times.push(performance.now() - began);
      next();
      end();
    });
    for (let index = 1; index < size; index += 1) {
      const member = members[index];
      if (member !== undefined)
        counting(member, () => {
          left -= 1;
          end();
        });
    }
    for (let index = 0; index < inFlight; index += 1) next();
  });

const loginAll = async (clientIds: readonly string[], times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) for (const clientId of clientIds) (await openOurs(clientId)).close();
};

const queryAll = async (clientId: string, times: number): Promise<void> => {
  const wire = await openOurs(clientId);
  for (let time = 0; time < times; time += 1) {
    const answered = frames(wire, 1);
    wire.send(
      frame({
        cmd: 'conv',
        op: 'query',
        peerId: clientId,
        i: 2,
        convMessage: { where: { data: JSON.stringify({ m: clientId }) }, sort: '-lm', limit: 20 },
      }),
    );
    await answered;
  }
  wire.close();
};

/** They stay open until the process ends. */
const idle: Wire[] = [];

const openIdle = async (sockets: number): Promise<void> => {
  for (let index = 0; index < sockets; index += 1) {
    const wire = await contender.open(`idle${index}`);
    counting(wire, () => undefined);
    idle.push(wire);
  }
};

const obey = async (order: LoadOrder): Promise<number> => {
  switch (order.order) {
    case 'send':
      return sendAll(order.group, order.count, order.inFlight);
    case 'login':
      await loginAll(order.clientIds, order.times);
      break;
    case 'query':
      await queryAll(order.clientId, order.times);
      break;
    case 'idle':
      await openIdle(order.sockets);
  }
  return 0;
};

process.on('message', (message) => {
  const order = LoadOrder.decode(message);
  if (E.isLeft(order)) throw new Error(`no order: ${JSON.stringify(message)}`);
  void obey(order.right).then((roundTrip) => process.send?.({ roundTrip: Number.isNaN(roundTrip) ? 0 : roundTrip }));
});
process.on('disconnect', () => process.exit());
process.send?.({ done: true });

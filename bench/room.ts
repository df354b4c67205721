/**
 * `npm run bench:room`: a chat room of 1,000 sockets with messages of mixed priority, compared with a bare broadcast
 * of the same bytes by `ws`. `-- --seconds 5` makes it shorter.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { createRealtime, createRoom } from 'rx-realtime';
import { encodeFrame, subprotocols, type ClientCommand } from 'rx-realtime/codecs';
import { start, type Child } from './child.js';
import { Inside, MEMORY, Memory, Serving, Tally } from './room-orders.js';
import { PRIORITIES, stamped, type Priority } from './room-stamp.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const SECONDS = Number(values.seconds);
const RECEIVERS = 1_000;
const RATES = [20, 100, 500];
/** Of every ten messages, one is high, three are normal, six are low. */
const MIX: readonly Priority[] = ['high', 'low', 'normal', 'low', 'low', 'normal', 'low', 'low', 'normal', 'low'];
const WIRE = { high: 1, normal: 2, low: 3 } as const;
/** How often the sender checks which messages are due, ms. */
const PACE = 5;
/** If nothing arrives for this time, all messages have arrived, ms. */
const REST = 2_000;

interface Sender {
  readonly send: (priority: Priority, number: number) => void;
  readonly close: () => void;
}

interface Contender {
  readonly name: 'ours' | 'bare';
  readonly server: Child;
  readonly receivers: Child;
  readonly sender: Sender;
}

const connected = async (url: string, protocols: readonly string[]): Promise<WebSocket> => {
  const socket = new WebSocket(url, [...protocols], { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('message', () => undefined);
  return socket;
};

const frame = (command: ClientCommand): string | Uint8Array => encodeFrame(command, subprotocols.binary);

/** A sender that sends at its own pace and waits for no acknowledgement. */
const ourSender = async (url: string, room: string): Promise<Sender> => {
  const socket = await connected(url, [subprotocols.binary.name]);
  socket.send(frame({ cmd: 'session', op: 'open', appId: 'bench', peerId: 'sender', i: 1, sessionMessage: {} }));
  await new Promise((resolve) => socket.once('message', resolve));
  return {
    send: (priority, number) => {
      const msg = JSON.stringify({ _lctype: -1, _lctext: stamped(priority, number).text });
      socket.send(
        frame({
          cmd: 'direct',
          peerId: 'sender',
          i: number + 2,
          priority: WIRE[priority],
          directMessage: { cid: room, msg },
        }),
      );
    },
    close: () => {
      socket.close();
    },
  };
};

/** A sender of the bytes that a receiver of `ours` gets. */
const bareSender = async (url: string, room: string): Promise<Sender> => {
  const socket = await connected(url, []);
  return {
    send: (priority, number) => {
      const msg = JSON.stringify({ _lctype: -1, _lctext: stamped(priority, number).text });
      const push = { id: 'x'.repeat(22), cid: room, fromPeerId: 'sender', timestamp: Date.now(), msg };
      socket.send(
        encodeFrame(
          { cmd: 'direct', peerId: 'r999', service: 2, priority: WIRE[priority], directMessage: push },
          subprotocols.binary,
        ),
      );
    },
    close: () => {
      socket.close();
    },
  };
};

const openRoom = async (url: string): Promise<string> => {
  const realtime = createRealtime({ appId: 'bench', server: url });
  const client = await firstValueFrom(realtime.login('owner'));
  const { id } = await firstValueFrom(createRoom(client));
  realtime.close();
  return id;
};

const prepare = async (name: Contender['name']): Promise<Contender> => {
  const server = start('room-server.ts', name);
  const { url } = await server.next(Serving);
  const room = name === 'ours' ? await openRoom(url) : '';
  const receivers = start('room-receivers.ts', url, room, String(RECEIVERS));
  await receivers.next(Inside);
  const sender = name === 'ours' ? await ourSender(url, room) : await bareSender(url, 'x'.repeat(24));
  return { name, server, receivers, sender };
};

interface Result extends Tally {
  /** Number of messages that had arrived when the sender stopped. */
  readonly inTime: number;
  readonly sent: Readonly<Record<Priority, number>>;
  readonly rssMb: number;
}

const told = (receivers: Child): Promise<Tally> => {
  receivers.send({ order: 'tell' });
  return receivers.next(Tally);
};

let number = 0;

const measure = async ({ server, receivers, sender }: Contender, rate: number): Promise<Result> => {
  receivers.send({ order: 'begin' });
  await receivers.next(Inside);
  const sent = { high: 0, normal: 0, low: 0 };
  const started = performance.now();
  let count = 0;
  while (count < rate * SECONDS) {
    for (
      const due = Math.min(rate * SECONDS, ((performance.now() - started) * rate) / 1_000);
      count < due;
      count += 1
    ) {
      const priority = MIX[count % MIX.length] ?? 'low';
      number += 1;
      sent[priority] += 1;
      sender.send(priority, number);
    }
    await delay(PACE);
  }
  const inTime = await told(receivers);
  let tally = inTime;
  // Waits until no more messages arrive.
  for (let before = -1; total(tally.received) > before;) {
    before = total(tally.received);
    await delay(REST);
    tally = await told(receivers);
  }
  server.send(MEMORY);
  return { ...tally, inTime: total(inTime.received), sent, rssMb: (await server.next(Memory)).rssMb };
};

const percentile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(1));
};

const total = (counts: Readonly<Record<Priority, number>>): number =>
  PRIORITIES.reduce((sum, priority) => sum + counts[priority], 0);

const rateOf = ({ inTime }: Result): number => Math.round(inTime / SECONDS);

const dropped = ({ sent, received }: Result, priority: Priority): number =>
  sent[priority] * RECEIVERS - received[priority];

const contenders = [await prepare('ours'), await prepare('bare')];
const results = new Map<string, Result>();
for (const rate of RATES) {
  for (const contender of contenders) {
    const result = await measure(contender, rate);
    results.set(`${contender.name} ${rate}`, result);
    if (result.reordered > 0)
      throw new Error(`${contender.name}: ${result.reordered} messages came before earlier ones`);
  }
}

console.log(`${RECEIVERS} sockets in one room, ${SECONDS} s at each rate; Node ${process.version}`);
console.table(
  Object.fromEntries(
    [...results].map(([name, result]) => [
      name,
      {
        'delivered/s': rateOf(result),
        'p50 high ms': percentile(result.highDelays, 0.5),
        'p99 high ms': percentile(result.highDelays, 0.99),
        'dropped high': dropped(result, 'high'),
        'dropped normal': dropped(result, 'normal'),
        'dropped low': dropped(result, 'low'),
        'rss MB': result.rssMb,
      },
    ]),
  ),
);
const fastest = RATES.at(-1) ?? 0;
const [ours, bare] = [results.get(`ours ${fastest}`), results.get(`bare ${fastest}`)];
if (ours === undefined || bare === undefined) throw new Error('both should have been measured');
const highDropped = RATES.reduce((sum, rate) => {
  const result = results.get(`ours ${rate}`);
  return sum + (result === undefined ? 0 : dropped(result, 'high'));
}, 0);
console.log(
  JSON.stringify({
    ours: rateOf(ours),
    bare: rateOf(bare),
    p99HighMs: percentile(ours.highDelays, 0.99),
    // The sum over all rates.
    droppedHigh: highDropped,
    droppedLow: dropped(ours, 'low'),
    rssMb: ours.rssMb,
  }),
);
for (const { sender, receivers, server } of contenders) {
  sender.close();
  receivers.stop();
  server.stop();
}
if (highDropped > 0) process.exitCode = 1;

/**
 * A process for one contender: `receiver.ts <contender> <server>`. It gets the number of messages to expect, and
 * reports when they have arrived.
 */
import { either as E } from 'fp-ts';
import type { Contender, Tally } from './contender.js';
import { Expect } from './orders.js';
import { textChecksum } from './text-checksum.js';

/** Each process loads only its own contender. */
const contenders: Readonly<Record<string, () => Promise<Contender>>> = {
  receive: async () => (await import('./contenders/receive.js')).receive,
  decode: async () => (await import('./contenders/decode.js')).decode,
  ours: async () => (await import('./contenders/ours.js')).ours,
  leancloud: async () => (await import('./contenders/leancloud.js')).leancloud,
  one: async () => (await import('./contenders/conversations.js')).one,
  thousand: async () => (await import('./contenders/conversations.js')).thousand,
  tenThousand: async () => (await import('./contenders/conversations.js')).tenThousand,
  filters: async () => (await import('./contenders/conversations.js')).filters,
};

let expected = 0;
let arrived = 0;
let checksum = 0;
let started = 0;
let startedCpu = process.cpuUsage();

const arrival = (value: number): void => {
  if (arrived === 0) {
    started = performance.now();
    startedCpu = process.cpuUsage();
  }
  arrived += 1;
  checksum = (checksum + value) | 0;
  if (arrived !== expected) return;
  const { user, system } = process.cpuUsage(startedCpu);
  process.send?.({ elapsed: performance.now() - started, cpu: (user + system) / 1_000, checksum });
};

const tally: Tally = {
  text: (text) => {
    arrival(textChecksum(text));
  },
  frame: arrival,
};

process.on('message', (order) => {
  const decoded = Expect.decode(order);
  if (E.isLeft(decoded)) throw new Error(`no order: ${JSON.stringify(order)}`);
  if (arrived !== expected) throw new Error(`${arrived} messages have arrived where ${expected} were sent`);
  expected = decoded.right.expect;
  arrived = 0;
  checksum = 0;
  process.send?.({ ready: true });
});
process.on('disconnect', () => process.exit());

const [name = '', server = ''] = process.argv.slice(2);
const contender = await contenders[name]?.();
if (contender === undefined) throw new Error(`there is no contender ${name}`);
await contender(server, tally);
process.send?.({ ready: true });

/** A process with one contender in it: `receiver.ts <contender> <server> <count>`. Reports whenever `count` more messages have arrived. */
import type { Contender, Tally } from './contender.js';
import { textChecksum } from './text-checksum.js';

/** A process loads its own contender and no other. */
const contenders: Readonly<Record<string, () => Promise<Contender>>> = {
  receive: async () => (await import('./contenders/receive.js')).receive,
  decode: async () => (await import('./contenders/decode.js')).decode,
  ours: async () => (await import('./contenders/ours.js')).ours,
  leancloud: async () => (await import('./contenders/leancloud.js')).leancloud,
  one: async () => (await import('./contenders/conversations.js')).one,
  thousand: async () => (await import('./contenders/conversations.js')).thousand,
  filters: async () => (await import('./contenders/conversations.js')).filters,
};

const [name = '', server = '', count = ''] = process.argv.slice(2);

const reporting = (total: number): Tally => {
  let arrived = 0;
  let checksum = 0;
  let started = 0;
  const arrival = (value: number): void => {
    if (arrived === 0) started = performance.now();
    arrived += 1;
    checksum = (checksum + value) | 0;
    if (arrived < total) return;
    process.send?.({ elapsed: performance.now() - started, checksum });
    arrived = 0;
    checksum = 0;
  };
  return {
    text: (text) => {
      arrival(textChecksum(text));
    },
    frame: arrival,
  };
};

const contender = await contenders[name]?.();
if (contender === undefined) throw new Error(`there is no contender ${name}`);
process.on('disconnect', () => process.exit());
await contender(server, reporting(Number(count)));
process.send?.({ ready: true });

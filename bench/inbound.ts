/**
 * `npm run bench:inbound`: how fast messages come in, compared with `leancloud-realtime` and with the limit. With `--
 * --mixed`, some messages have attributes, mentions or a custom type. With `-- --rounds=3`, it takes less time.
 */
import { availableParallelism } from 'node:os';
import type { Mix } from './flood.js';
import { median, ratio, roundsOr, run, type Entry, type Rates } from './rounds.js';

const ROUNDS = roundsOr(7);
const COUNT = 100_000;

const mix: Mix = process.argv.includes('--mixed') ? 'mixed' : 'texts';

const entry = (contender: string): Entry => ({
  contender,
  counts: contender === 'receive' ? 'bytes' : 'texts',
  conversations: 1,
});

const rates = await run({
  entries: ['receive', 'decode', 'ours', 'leancloud'].map(entry),
  rounds: ROUNDS,
  count: COUNT,
  mix,
});

const NOTHING = { wall: [], cpu: [] };
const rateOf = (name: string): Rates => rates.get(name) ?? NOTHING;
const ratiosTo = (name: string, other: string): { readonly wall: number; readonly cpu: number } => ({
  wall: ratio(rateOf(name).wall, rateOf(other).wall),
  cpu: ratio(rateOf(name).cpu, rateOf(other).cpu),
});

console.log(
  `Messages a second; ${ROUNDS} rounds of ${COUNT} ${mix === 'mixed' ? 'messages of several kinds with texts' : 'text messages'} of 150 bytes; Node ${process.version}, ${availableParallelism()} cores`,
);
console.table(
  Object.fromEntries(
    [...rates].map(([name, { wall, cpu }]) => [
      name,
      {
        median: Math.round(median(wall)),
        min: Math.round(Math.min(...wall)),
        max: Math.round(Math.max(...wall)),
        'CPU us': Number((1e6 / median(cpu)).toFixed(2)),
        'x decode': ratiosTo(name, 'decode').wall,
        'x decode, CPU': ratiosTo(name, 'decode').cpu,
        'x leancloud': ratiosTo(name, 'leancloud').wall,
        'x leancloud, CPU': ratiosTo(name, 'leancloud').cpu,
      },
    ]),
  ),
);
console.log(
  JSON.stringify({
    ...Object.fromEntries([...rates].map(([name, { wall }]) => [name, Math.round(median(wall))])),
    toDecode: ratiosTo('ours', 'decode'),
    toLeancloud: ratiosTo('ours', 'leancloud'),
  }),
);

/**
 * `npm run bench:inbound`: how fast messages come in, compared with `leancloud-realtime` and with the limit. With `--
 * --mixed`, some messages have attributes, mentions or a custom type.
 */
import { availableParallelism } from 'node:os';
import type { Mix } from './flood.js';
import { median, run, type Entry } from './rounds.js';

const ROUNDS = 7;
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
const medians = Object.fromEntries([...rates].map(([name, all]) => [name, Math.round(median(all))]));
const { decode = NaN, leancloud = NaN } = medians;

console.log(
  `Messages a second; ${ROUNDS} rounds of ${COUNT} ${mix === 'mixed' ? 'messages of several kinds with texts' : 'text messages'} of 150 bytes; Node ${process.version}, ${availableParallelism()} cores`,
);
console.table(
  Object.fromEntries(
    [...rates].map(([name, all]) => [
      name,
      {
        median: medians[name],
        min: Math.round(Math.min(...all)),
        max: Math.round(Math.max(...all)),
        'x decode': Number((median(all) / decode).toFixed(2)),
        'x leancloud': Number((median(all) / leancloud).toFixed(2)),
      },
    ]),
  ),
);
console.log(JSON.stringify(medians));

/**
 * `npm run bench:demux`: the cost of a thousand conversations with one subscriber each, compared with one
 * conversation with one subscriber.
 */
import { availableParallelism } from 'node:os';
import { CONVERSATIONS } from './contenders/conversations.js';
import { median, run } from './rounds.js';

const ROUNDS = 7;
const COUNT = 20_000;

const rates = await run({
  entries: [
    { contender: 'one', counts: 'texts', conversations: 1 },
    { contender: 'thousand', counts: 'texts', conversations: CONVERSATIONS },
    { contender: 'filters', counts: 'texts', conversations: CONVERSATIONS },
  ],
  rounds: ROUNDS,
  count: COUNT,
});
const medianOf = (name: string): number => median(rates.get(name) ?? []);
const one = medianOf('one');
const thousand = medianOf('thousand');

console.log(
  `Messages a second; ${ROUNDS} rounds of ${COUNT} text messages of 150 bytes; Node ${process.version}, ${availableParallelism()} cores`,
);
console.table(
  Object.fromEntries(
    [...rates].map(([name, all]) => [
      name,
      {
        median: Math.round(median(all)),
        min: Math.round(Math.min(...all)),
        max: Math.round(Math.max(...all)),
        'x one': Number((median(all) / one).toFixed(3)),
      },
    ]),
  ),
);
console.log(
  JSON.stringify({ one: Math.round(one), thousand: Math.round(thousand), ratio: Number((thousand / one).toFixed(3)) }),
);

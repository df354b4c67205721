/**
 * `npm run bench:demux`: the cost of a thousand and of ten thousand conversations with one subscriber each, compared
 * with one conversation with one subscriber. With `-- --rounds=3`, it takes less time.
 */
import { availableParallelism } from 'node:os';
import { CONVERSATIONS, MANY_CONVERSATIONS } from './contenders/conversations.js';
import { median, ratio, roundsOr, run } from './rounds.js';

const ROUNDS = roundsOr(7);
const COUNT = 20_000;

const rates = await run({
  entries: [
    { contender: 'one', counts: 'texts', conversations: 1 },
    { contender: 'thousand', counts: 'texts', conversations: CONVERSATIONS },
    { contender: 'tenThousand', counts: 'texts', conversations: MANY_CONVERSATIONS },
    { contender: 'filters', counts: 'texts', conversations: CONVERSATIONS },
  ],
  rounds: ROUNDS,
  count: COUNT,
});
const one = rates.get('one') ?? { wall: [], cpu: [] };

console.log(
  `Messages a second; ${ROUNDS} rounds of ${COUNT} text messages of 150 bytes; Node ${process.version}, ${availableParallelism()} cores`,
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
        'x one': ratio(wall, one.wall),
        'x one, CPU': ratio(cpu, one.cpu),
      },
    ]),
  ),
);
console.log(
  JSON.stringify(
    Object.fromEntries(
      [...rates].map(([name, { wall, cpu }]) => [
        name,
        { rate: Math.round(median(wall)), toOne: { wall: ratio(wall, one.wall), cpu: ratio(cpu, one.cpu) } },
      ]),
    ),
  ),
);

/**
 * `npm run bench:streams`: what an item costs each operator, compared with an RxJS pipeline that does less; and
 * whether it costs more if more items wait or are kept.
 */
import { backpressure } from './streams-backpressure.js';
import { ITEMS, ROUNDS, contend } from './streams-contest.js';
import { dashboards } from './streams-dashboards.js';
import { derived } from './streams-derived.js';
import { grow } from './streams-growth.js';
import { kept } from './streams-kept.js';
import { queues } from './streams-queues.js';
import { states } from './streams-states.js';

/** Two digits: other load on the machine makes more digits meaningless. */
const ratio = (a: number, b: number): number => Number((a / b).toPrecision(2));

const outcomes = await contend([...backpressure, ...dashboards, ...derived, ...states]);
const growths = grow([...queues, ...kept]);

const contests = [...outcomes].map(([{ name, beside, lacks }, { ours, peer }]) => ({
  name,
  ns: Math.round(ours),
  'x peer': ratio(ours, peer),
  'peer ns': Math.round(peer),
  peer: beside,
  'which lacks': lacks,
}));
const sizes = [...growths].map(([{ name, claim }, { large, smallNs, largeNs, bytes }]) => ({
  name,
  'said to be': claim,
  'ns at 100': Math.round(smallNs),
  at: large,
  ns: Math.round(largeNs),
  x: ratio(largeNs, smallNs),
  ...(bytes === undefined ? {} : { 'bytes each': Math.round(bytes) }),
}));

console.log(`Nanoseconds for an item; ${ROUNDS} rounds of mostly ${ITEMS} items, medians; Node ${process.version}`);
console.table(Object.fromEntries(contests.map(({ name, ...columns }) => [name, columns])));
console.log('Nanoseconds for an item where 100 wait or are kept, and where many do');
console.table(Object.fromEntries(sizes.map(({ name, ...columns }) => [name, columns])));
console.log(
  JSON.stringify({
    contests: Object.fromEntries(
      contests.map(({ name, ns, 'peer ns': peerNs, 'x peer': x }) => [name, { ns, peerNs, x }]),
    ),
    sizes: Object.fromEntries(sizes.map(({ name, x }) => [name, x])),
  }),
);

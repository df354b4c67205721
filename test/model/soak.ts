/**
 * `npm run soak -- --minutes 60`: random histories over a network that breaks, for this time. Ends with one JSON
 * line. The exit status is 1 if a message was lost, duplicated or out of order, or if another rule was broken.
 * `--seed` plays only the history of this seed.
 */
import fc from 'fast-check';
import { parseArgs } from 'node:util';
import { play } from './delivery.js';
import { steps, worlds } from './histories.js';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes should be a number above 0, but is ${values.minutes}`);

const MB = 1_024 * 1_024;
const rss = (): number => Math.round(process.memoryUsage.rss() / MB);
const say = (words: string): void => {
  process.stdout.write(`${words}\n`);
};

const total = { runs: 0, sends: 0, lost: 0, duplicated: 0, reordered: 0, gaps: 0 };
let failed = 0;
const start = performance.now();
const length = minutes * 60_000;
let quarter = 1;

const run = async (seed: number): Promise<void> => {
  const [history] = fc.sample(fc.tuple(worlds, steps), { seed, numRuns: 1 });
  if (history === undefined) return;
  const { problems, sends, lost, duplicated, reordered, gaps } = await play(...history);
  total.runs += 1;
  total.sends += sends;
  total.lost += lost;
  total.duplicated += duplicated;
  total.reordered += reordered;
  total.gaps += gaps;
  if (problems.length === 0) return;
  failed += 1;
  say(`seed ${String(seed)}: ${problems.join('; ')}`);
};

if (values.seed !== undefined) await run(Number(values.seed));
else {
  for (let seed = Date.now() % 1_000_000_000; performance.now() - start < length; seed += 1) {
    await run(seed);
    if (performance.now() - start > (length * quarter) / 4) {
      globalThis.gc?.();
      say(`after ${String(quarter)}/4: ${String(total.runs)} runs, ${String(rss())} MB`);
      quarter += 1;
    }
  }
}
globalThis.gc?.();
say(JSON.stringify({ ...total, rssMb: rss() }));
process.exit(failed === 0 ? 0 : 1);

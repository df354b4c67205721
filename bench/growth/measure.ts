/** A process that measures one subject: `measure.js <name>`. It sends the median cost for each size. */
import { median } from '../rounds.js';
import { subjects } from './subjects.js';
import { SIZES, type Subject, type Work } from './subject.js';

const ROUNDS = 3;
/**
 * A measurement repeats the work until it has taken so much CPU, microseconds; or so often, if that takes longer than
 * so many ms with what is prepared. A few ms of CPU would show how the compiler works, and not the work.
 */
const ENOUGH = 25_000;
const REPEATED = 50;
const PATIENCE = 300;
/** A size that is expected to take longer is left out; microseconds. */
const TOO_LONG = 4_000_000;
/** After so much CPU, no further round begins; microseconds. */
const BUDGET = 6_000_000;

/**
 * Microseconds of CPU of this process for the work with so many items. All sizes do the same number of items in all:
 * the small ones in many instances, which are there at the same time. So caches and garbage cost each size the same.
 */
const costOf = async ({ prepare, isSlow = false }: Subject, size: number, most: number): Promise<number> => {
  let [total, count] = [0, 0];
  const instances = isSlow ? 1 : Math.max(1, Math.round(most / size));
  const started = performance.now();
  while (total < ENOUGH && (count < REPEATED || performance.now() - started < PATIENCE)) {
    const works: Work[] = [];
    while (works.length < instances) works.push(await prepare(size));
    const before = process.cpuUsage();
    for (const { run } of works) await run();
    const { user, system } = process.cpuUsage(before);
    total += user + system;
    count += instances;
    for (const { end } of works) await end?.();
  }
  return total / count;
};

const subject = subjects.find(({ name }) => name === process.argv[2]);
if (subject === undefined) throw new Error(`there is no subject ${String(process.argv[2])}`);
const { sizes = SIZES } = subject;
/** The median of the rounds for each size. A size that would take minutes is left out: the others show it. */
const costs = new Map<number, number[]>();
// The compiler warms up with the small sizes.
for (const size of sizes.slice(0, 2)) await costOf(subject, size, Math.max(...sizes) / 10);
for (let round = 0; round < ROUNDS; round += 1) {
  let [before, last] = [0, 0];
  for (const size of sizes) {
    const expected = before === 0 ? 0 : last * Math.max(1, last / before);
    if (expected > TOO_LONG || (round > 0 && !costs.has(size))) break;
    [before, last] = [last, await costOf(subject, size, Math.max(...sizes))];
    costs.set(size, [...(costs.get(size) ?? []), last]);
  }
  if (process.cpuUsage().user > BUDGET) break;
}
process.send?.({ costs: [...costs].map(([size, all]) => ({ size, us: median(all) })) });
process.exit();

/**
 * `npm run bench:growth`: how the total cost of each stream, command and server operation grows with the number of
 * items. Fails if something grows faster than n log n. `npm run bench:growth -- outbox` measures the subjects whose
 * names have this in them.
 */
import * as t from 'io-ts';
import { start } from './child.js';
import { exponentOf } from './growth/fit.js';
import { subjects } from './growth/subjects.js';

/** The largest exponent over all sizes, and of the last step. The last step is noisier. */
const MOST = 1.15;
const MOST_AT_THE_END = 1.5;

/** How long a subject may take on a busy machine, ms. */
const PATIENCE = 300_000;

const Measured = t.type({ costs: t.array(t.type({ size: t.number, us: t.number })) });

const rounded = (exponent: number): number => Number(exponent.toFixed(2));

const [wanted = ''] = process.argv.slice(2);
const rows: Record<string, Record<string, number | string>> = {};
const failed: string[] = [];
const started = performance.now();
for (const { name } of subjects) {
  if (!name.includes(wanted)) continue;
  const child = start('growth/measure.ts', name);
  const { costs } = await child.next(Measured, PATIENCE);
  const [all, end] = [rounded(exponentOf(costs)), rounded(exponentOf(costs.slice(-2)))];
  const isOver = all > MOST || end > MOST_AT_THE_END;
  if (isOver) failed.push(name);
  rows[name] = {
    exponent: all,
    'of the last step': end,
    'us each': costs.map(({ size, us }) => (us / size).toPrecision(3)).join('  '),
    'too steep': isOver ? 'yes' : '',
  };
  console.error(
    `${isOver ? '✗' : '✓'} ${name}: ${String(all)}, ${String(end)}  [${costs.map(({ size, us }) => `${size}: ${(us / size).toPrecision(3)}`).join(', ')}]`,
  );
}
console.log(
  `Exponents of the total CPU time; medians of 3 rounds; ${((performance.now() - started) / 1_000).toFixed(0)} s; Node ${process.version}`,
);
console.table(rows);
const exponents = Object.fromEntries(Object.entries(rows).map(([name, { exponent }]) => [name, Number(exponent)]));
console.log(JSON.stringify({ highest: Math.max(...Object.values(exponents)), exponents }));
if (failed.length > 0) {
  console.error(`These grow faster than n log n: ${failed.join('; ')}`);
  process.exitCode = 1;
}

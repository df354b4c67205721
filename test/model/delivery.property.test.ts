/**
 * No message is lost, duplicated or out of order, whatever the network does. `FC_SEED=<seed>` draws other histories,
 * and `FC_RUNS=<number>` sets the number of runs.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { play } from './delivery.js';
import { steps, worlds } from './histories.js';

it('every log and, at rest, every state match the server, and every send has its reported outcome', async () => {
  const { FC_RUNS: runs = '120' } = process.env;
  let played = 0;
  let gaps = 0;
  await fc.assert(
    fc.asyncProperty(worlds, steps, async (world, history) => {
      const outcome = await play(world, history);
      played += 1;
      gaps += outcome.gaps;
      expect(outcome.problems).toEqual([]);
    }),
    { numRuns: Number(runs), endOnFailure: true },
  );
  expect(played).toBeGreaterThanOrEqual(Number(runs));
  // Without any gaps, the hard cases were never tested.
  expect(gaps).toBeGreaterThan(0);
}, 280_000);

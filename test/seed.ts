/**
 * Property tests draw the same cases in every run, so that a change of the code alone changes a result.
 * `FC_SEED=<number>` draws others, and `FC_SEED=random` others in every run. `npm run check:nodes` gives each of its
 * runs a seed of its own.
 */
import fc from 'fast-check';

const { FC_SEED: seed = '1' } = process.env;
if (seed !== 'random') {
  if (!/^-?\d+$/.test(seed)) throw new RangeError(`FC_SEED should be an integer or random, and is ${seed}.`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
}

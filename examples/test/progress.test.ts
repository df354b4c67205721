import { expect, it } from 'vitest';
import { line, progress, type Sample } from '../pipeline/progress.js';

const sample = (at: number, stored: number, reached: number | undefined): Sample => ({
  ...{ at, stored, reached },
  age: reached === undefined ? 0 : at - reached,
});

it('the lag shrinks by how much faster the log is worked off than it was written', () => {
  // A minute behind; in one second, three seconds of the log: two seconds are gained.
  const before = sample(100_000, 0, 38_000);
  const now = sample(101_000, 500, 41_000);
  expect(progress(before, now)).toEqual({ rate: 500, lag: 60_000, eta: 30_000 });
});

it('who works off no more than is written is told so; who keeps up, too', () => {
  expect(progress(sample(100_000, 0, 38_000), sample(101_000, 9, 39_000)).eta).toBeUndefined();
  expect(progress(sample(100_000, 0, 99_900), sample(101_000, 9, 100_900)).eta).toBe(0);
  expect(line(1_234, { rate: 10, lag: 5_000, eta: undefined })).toContain('never at this rate');
});

import { describe, expect, it } from 'vitest';
import { exponential } from '../../src/connection/backoff.js';

describe('a backoff', () => {
  it('doubles its waits from base to cap', () => {
    const delay = exponential({ base: 100, cap: 500, jitter: false });
    expect([0, 1, 2, 3, 9].map((attempt) => delay(attempt, () => 0.3))).toEqual([100, 200, 400, 500, 500]);
  });

  it('by default draws a random time from the upper half of the full wait, in whole ms', () => {
    const delay = exponential();
    expect([0, 0.5, 1].map((random) => delay(1, () => random))).toEqual([1_000, 1_500, 2_000]);
    expect(delay(0, () => 0.333)).toBe(667);
    expect(delay(40, () => 1)).toBe(300_000);
  });
});

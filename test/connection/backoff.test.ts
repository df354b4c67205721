import { describe, expect, it } from 'vitest';
import { exponential } from '../../src/connection/backoff.js';

describe('a backoff', () => {
  it('doubles its waits from base to cap', () => {
    const delay = exponential({ base: 100, cap: 500, jitter: false });
    expect([0, 1, 2, 3, 9].map((attempt) => delay(attempt, () => 0.3))).toEqual([100, 200, 400, 500, 500]);
  });

  it('by default draws a random time up to the full wait, from the first attempt on, in whole ms', () => {
    const delay = exponential();
    expect([0, 0.5, 1].map((random) => delay(1, () => random))).toEqual([0, 1_000, 2_000]);
    expect(delay(0, () => 0.333)).toBe(333);
    expect(delay(40, () => 1)).toBe(300_000);
  });
});

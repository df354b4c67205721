/**
 * Runs marble diagrams in virtual time: a frame is a millisecond. Expectations are compared when the diagram ends.
 */
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { expect } from 'vitest';
import { drawn } from './drawing/drawn.js';

export { virtualClock } from '../testing/virtual-clock.js';

/** Runs diagrams in virtual time. */
export const marbles = (diagram: (helpers: RunHelpers) => void): void => {
  const scheduler = new TestScheduler((actual: unknown, expected: unknown) => {
    expect(actual).toEqual(expected);
  });
  drawn((draw) => {
    scheduler.run(draw);
  }, diagram);
};

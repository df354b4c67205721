/** Runs marble diagrams in virtual time: a frame is a millisecond, and what is expected is compared when the diagram ends. */
import { asyncScheduler, timer, type Observable } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { expect } from 'vitest';
import type { Clock } from '../src/clock.js';

/** Runs diagrams in virtual time. */
export const marbles = (diagram: (helpers: RunHelpers) => void): void => {
  new TestScheduler((actual: unknown, expected: unknown) => {
    expect(actual).toEqual(expected);
  }).run(diagram);
};

/** A clock of the virtual time that a diagram runs in. */
export const virtualClock: Clock = {
  now: () => asyncScheduler.now(),
  elapsed: () => asyncScheduler.now(),
  after: (ms): Observable<unknown> => timer(ms),
};

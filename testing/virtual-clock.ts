import { asyncScheduler, timer } from 'rxjs';
import type { Clock } from '../src/index.js';

/**
 * The virtual time of the diagram that runs: what the `clock` option of a realtime wants there. A frame is a
 * millisecond, and the first one is 0, for the clock on the wall too.
 *
 * @example createRealtime({ appId, server, clock: virtualClock });
 */
export const virtualClock: Clock = {
  now: () => asyncScheduler.now(),
  elapsed: () => asyncScheduler.now(),
  after: (ms) => timer(ms),
};

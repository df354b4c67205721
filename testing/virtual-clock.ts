import { asyncScheduler, timer } from 'rxjs';
import type { Clock } from '../src/index.js';

/**
 * The virtual time of the running diagram, for the `clock` option of a realtime. A frame is a millisecond. The first
 * frame is 0, for dates too.
 *
 * @example createRealtime({ appId, server, clock: virtualClock });
 */
export const virtualClock: Clock = {
  now: () => asyncScheduler.now(),
  elapsed: () => asyncScheduler.now(),
  after: (ms) => timer(ms),
};

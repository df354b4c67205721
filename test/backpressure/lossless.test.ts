import { expect, it } from 'vitest';
import { flood } from './flood.js';

const COUNT = 40_000;
const BYTES = 1_000;
/** MB. The messages alone are 40 MB of text. */
const WAITING = 10;

/** MB. About 5,000 messages may wait in the consumer, so 5 MB, and what the socket has read. */
const BOUND = 20;

it('a slow lossless consumer gets everything in order, in bounded memory; the rest waits on the server', async () => {
  const { received, idle, peak, paused, most, buffered } = await flood(COUNT, BYTES, WAITING);
  expect(received).toBe(COUNT);
  expect(paused).toBeGreaterThan(10);
  expect(most).toBeLessThan(1_000 + 4_096);
  expect(buffered).toBeGreaterThan(WAITING);
  expect(peak - idle).toBeLessThan(BOUND);
}, 60_000);

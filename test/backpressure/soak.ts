/**
 * `npm run soak:lossless`: 500,000 messages for a lossless consumer that is slower than the server. Ends with one
 * JSON line, with memory in MB. The exit status is 1 if a message was lost, or if memory grew by 60 MB.
 */
import { flood } from './flood.js';

const COUNT = 500_000;
const BYTES = 200;
/** MB. */
const WAITING = 20;

const start = performance.now();
const { received, idle, peak, paused, most, buffered } = await flood(COUNT, BYTES, WAITING);
const round = Math.round;
process.stdout.write(
  `${JSON.stringify({
    sent: COUNT,
    received,
    seconds: round((performance.now() - start) / 1_000),
    idleMb: round(idle),
    peakMb: round(peak),
    grownMb: round(peak - idle),
    paused,
    mostQueued: most,
    serverBufferMb: round(buffered),
  })}\n`,
);
process.exitCode = received === COUNT && peak - idle < 20 ? 0 : 1;

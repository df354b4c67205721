/** Counts how often something happens in a minute, for each key. */
import type { ServerClock } from '../clock.js';

const MINUTE = 60_000;
/** Keys that are counted apart. All others share one count, so memory is bounded. */
const MAX_KEYS = 100_000;

/** Counts one more for a key; false if there are more than `limit` in this minute. */
export const perMinute = (limit: number, clock: ServerClock): ((key: string) => boolean) => {
  const counts = new Map<string, number>();
  let start = clock.now();
  return (key) => {
    const now = clock.now();
    if (Math.abs(now - start) >= MINUTE) {
      counts.clear();
      start = now;
    }
    const counted = counts.has(key) || counts.size < MAX_KEYS ? key : '';
    const count = (counts.get(counted) ?? 0) + 1;
    counts.set(counted, count);
    return count <= limit;
  };
};

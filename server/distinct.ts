/** Counts how many different texts there were in a day, in little memory. */
import { createHash } from 'node:crypto';
import type { ServerClock } from './clock.js';

const DAY = 24 * 60 * 60 * 1_000;
/** Bits: with a million different texts, the count is wrong by less than a percent. */
const BITS = 1_048_576;

export interface Distinct {
  readonly add: (text: string) => void;
  /** How many different texts were added today (UTC), about. */
  readonly count: () => number;
}

/** Each text sets a bit by its hash. How many texts there were follows from how many bits are not set. */
export const distinctToday = (clock: ServerClock): Distinct => {
  let bits: Uint8Array | undefined;
  let set = 0;
  let day = 0;

  const begin = (): void => {
    const today = Math.floor(clock.now() / DAY);
    if (today === day) return;
    [day, bits, set] = [today, undefined, 0];
  };

  return {
    add: (text) => {
      begin();
      bits ??= new Uint8Array(BITS / 8);
      const bit = createHash('sha1').update(text).digest().readUInt32BE() % BITS;
      const [index, mask] = [bit >>> 3, 1 << (bit & 7)];
      const byte = bits[index] ?? 0;
      if ((byte & mask) !== 0) return;
      bits[index] = byte | mask;
      set += 1;
    },
    count: () => {
      begin();
      return Math.round(-BITS * Math.log(1 - Math.min(set, BITS - 1) / BITS));
    },
  };
};

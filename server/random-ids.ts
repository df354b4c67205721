/** Ids that nobody can guess. */
import { randomFillSync } from 'node:crypto';

/** Ids for which random bytes are made at a time: asking for them takes longer than all the rest. */
const AT_ONCE = 256;

/** Makes ids of so many random bytes, as base64url or hexadecimal. */
export const randomIds = (bytes: number, encoding: 'base64url' | 'hex' = 'base64url'): (() => string) => {
  const pool = Buffer.alloc(bytes * AT_ONCE);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += bytes;
    return pool.toString(encoding, at - bytes, at);
  };
};

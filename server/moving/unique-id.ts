import { createHash } from 'node:crypto';

/** What the cloud calls the unique conversation of these members: their ids in order, as an MD5 sum. */
export const uniqueIdOf = (members: readonly string[]): string =>
  createHash('md5')
    .update([...members].sort().join(''))
    .digest('hex');

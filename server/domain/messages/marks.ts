/** How far each client has received and read. */
import { defined } from '../../../codecs/defined.js';
import type { MemberReceipt } from '../records.js';

/** Up to which message, and when the mark was set, ms. */
export interface Mark {
  readonly upTo: number;
  readonly at: number;
}

export type Marks = ReadonlyMap<string, Mark>;

/** The time of the last message that the mark of a client is on; -Infinity where it has none. */
export const markedUpTo = (marks: Marks, clientId: string): number => marks.get(clientId)?.upTo ?? -Infinity;

/** When each client last received and read something. Who has read has received. */
export const receiptsOf = (received: Marks, read: Marks): readonly MemberReceipt[] =>
  [...new Set([...received.keys(), ...read.keys()])].map((clientId) => {
    const readAt = read.get(clientId)?.at;
    const deliveredAt = Math.max(received.get(clientId)?.at ?? -Infinity, readAt ?? -Infinity);
    return { clientId, deliveredAt, ...defined({ readAt }) };
  });

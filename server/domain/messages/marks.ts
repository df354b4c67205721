/** How far each client has received and read. */
import { defined } from '../../../codecs/defined.js';
import type { MemberReceipt } from '../records.js';

/** The message that a mark is on, and when the mark was set, ms. */
export interface Mark {
  readonly upTo: number;
  readonly at: number;
}

export type Marks = ReadonlyMap<string, Mark>;

/** The time of the message that a client's mark is on; -Infinity without a mark. */
export const markedUpTo = (marks: Marks, clientId: string): number => marks.get(clientId)?.upTo ?? -Infinity;

/** When each client last received and last read something. A client that has read has also received. */
export const receiptsOf = (received: Marks, read: Marks): readonly MemberReceipt[] =>
  [...new Set([...received.keys(), ...read.keys()])].map((clientId) => {
    const readAt = read.get(clientId)?.at;
    const deliveredAt = Math.max(received.get(clientId)?.at ?? -Infinity, readAt ?? -Infinity);
    return { clientId, deliveredAt, ...defined({ readAt }) };
  });

/** The messages between the processes of `bench:outbound`. */
import * as t from 'io-ts';

/** To a sender: send `count` messages, of which `flight` wait for their acknowledgement at any time. */
export const Send = t.type({ first: t.number, count: t.number, flight: t.number });

/**
 * From a sender: all messages were acknowledged. `elapsed` and `p50` in ms: of all, and the median from a send to its
 * acknowledgement. `cpu`: microseconds of this process, all threads. `checksum` of the texts that were sent.
 */
export const Sent = t.type({ elapsed: t.number, cpu: t.number, p50: t.number, checksum: t.number });

/** To the server: what has come at a path? */
export const Count = t.type({ path: t.string });

/** From the server: the number of messages that have ever come at the path, and the sum of their checksums. */
export const Counted = t.type({ count: t.number, checksum: t.number });

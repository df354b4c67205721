/** The messages between the processes of `bench/room.ts`. */
import * as t from 'io-ts';

/** From a server: the address on which it listens. */
export const Serving = t.type({ url: t.string });

/** To a server: report how much memory it uses now. */
export const MEMORY = { order: 'memory' } as const;
/** From a server: its resident set, MB. */
export const Memory = t.type({ rssMb: t.number });

/** To the receivers: start counting, or report the counts. */
export const ReceiverOrder = t.union([t.type({ order: t.literal('begin') }), t.type({ order: t.literal('tell') })]);

/** From the receivers: they are in the room, or they have started counting. */
export const Inside = t.type({ inside: t.number });

/**
 * From the receivers: the number of messages by priority, a sample of the delays of high messages (ms), and the
 * number of messages that arrived out of order.
 */
export const Tally = t.type({
  received: t.type({ high: t.number, normal: t.number, low: t.number }),
  highDelays: t.array(t.number),
  reordered: t.number,
});
export type Tally = t.TypeOf<typeof Tally>;

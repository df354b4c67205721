/** What the processes of `bench/room.ts` say to each other. */
import * as t from 'io-ts';

/** From a server: where it listens. */
export const Serving = t.type({ url: t.string });

/** To a server: how much memory it takes now. */
export const MEMORY = { order: 'memory' } as const;
/** From a server: its resident set, MB. */
export const Memory = t.type({ rssMb: t.number });

/** To the receivers: count from now on; or tell. */
export const ReceiverOrder = t.union([t.type({ order: t.literal('begin') }), t.type({ order: t.literal('tell') })]);

/** From the receivers: they are in the room, or have begun. */
export const Inside = t.type({ inside: t.number });

/**
 * From the receivers: how many messages have arrived, of each priority; delays of high ones, ms, a sample; and how
 * many came before an earlier one.
 */
export const Tally = t.type({
  received: t.type({ high: t.number, normal: t.number, low: t.number }),
  highDelays: t.array(t.number),
  reordered: t.number,
});
export type Tally = t.TypeOf<typeof Tally>;

/** The messages between the processes of `bench/store.ts`. */
import * as t from 'io-ts';

export const senderId = (index: number): string => `sender ${index}`;

/** From a server: where it listens, and its conversations. Sender `s` is in conversation `s` modulo their number. */
export const Hosting = t.type({ url: t.string, ids: t.array(t.string) });

/**
 * To a server: `begin` measuring the event loop; `end`, which is answered with `Late`; or `close`, which is answered
 * with `Closed`.
 */
export const HostOrder = t.type({ order: t.union([t.literal('begin'), t.literal('end'), t.literal('close')]) });

/** From a server: how late its event loop was, the 99th percentile, ms. */
export const Late = t.type({ late: t.number });
export const Closed = t.type({ closed: t.literal(true) });

/** To a load process: send for so many ms. */
export const LoadOrder = t.type({ time: t.number });
export type LoadOrder = t.TypeOf<typeof LoadOrder>;

/** From a load process: it is logged in. */
export const Ready = t.type({ ready: t.literal(true) });

/** From a load process: acknowledged messages a second, and the median time of an acknowledgement, ms. */
export const Loaded = t.type({ perSecond: t.number, p50: t.number });

/** The messages between the processes of `bench/cluster.ts`, and what all of them know. */
import * as t from 'io-ts';

/** The sizes of the groups: one pair, and two larger ones. The first member of each sends. */
export const GROUPS: readonly number[] = [2, 100, 500];
export const memberId = (index: number): string => `m${String(index).padStart(3, '0')}`;

/** To a node: make the groups and the room, or tell the CPU time. */
export const NodeOrder = t.type({ order: t.union([t.literal('create'), t.literal('cpu')]) });

/** From a node: where it listens. */
export const Serving = t.type({ url: t.string });
/** From a node: its CPU time so far, microseconds. */
export const Cpu = t.type({ cpu: t.number });
/** From a node: the conversations that it has made. */
export const Created = t.type({ groups: t.array(t.string), room: t.string });
export const Done = t.type({ done: t.literal(true) });

/**
 * To a load process. `group`: a place in `GROUPS`; without it, messages go to the room. `inFlight`: messages that are
 * sent before the first one is acknowledged.
 */
export const LoadOrder = t.intersection([
  t.type({ count: t.number, inFlight: t.number }),
  t.partial({ group: t.number }),
]);
export type LoadOrder = t.TypeOf<typeof LoadOrder>;

/** From a load process: everything was sent and has arrived. The time of the median round trip, ms. */
export const Loaded = t.type({ roundTrip: t.number });

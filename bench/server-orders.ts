/** The messages between the processes of `bench/server.ts`, and what all of them know. */
import * as t from 'io-ts';

/** The sizes of the groups: one pair, and two larger ones. The first member of each sends. */
export const GROUPS: readonly number[] = [2, 100, 500];
export const memberId = (index: number): string => `m${String(index).padStart(3, '0')}`;

/** Clients with many conversations that have unread messages. */
export const RICH: readonly string[] = Array.from({ length: 10 }, (_, index) => `rich${index}`);
export const CONVERSATIONS = 5_000;
/** Unread messages in each. */
export const MESSAGES = 3;
/** Clients with many and with few conversations of their own. */
export const MANY = 'many';
export const FEW = 'few';
export const LOGINS = { many: 10_000, few: 100 } as const;

/** To a server: tell the CPU time, or the heap; or send messages in so many conversations. */
export const HostOrder = t.union([
  t.type({ order: t.literal('cpu') }),
  t.type({ order: t.literal('heap') }),
  t.type({ order: t.literal('stir'), count: t.number }),
]);

/** From a server: where it listens, and how its groups are called. */
export const Serving = t.type({ url: t.string, groups: t.array(t.string) });
export interface Serving {
  readonly url: string;
  readonly groups: readonly string[];
}
/** From a server: its CPU time so far, microseconds. */
export const Cpu = t.type({ cpu: t.number });
/** From a server: its heap after a garbage collection, bytes. */
export const Heap = t.type({ heap: t.number });
export const Done = t.type({ done: t.literal(true) });

/**
 * To a load process. `inFlight`: messages that are sent before the first one is acknowledged. `times`: how often each
 * of the clients does it.
 */
export const LoadOrder = t.union([
  t.type({ order: t.literal('send'), group: t.number, count: t.number, inFlight: t.number }),
  t.type({ order: t.literal('login'), clientIds: t.array(t.string), times: t.number }),
  t.type({ order: t.literal('query'), clientId: t.string, times: t.number }),
  t.type({ order: t.literal('idle'), sockets: t.number }),
]);

/** From a load process: everything was sent and has arrived. The time of the median round trip, ms. */
export const Loaded = t.type({ roundTrip: t.number });
export type LoadOrder = t.TypeOf<typeof LoadOrder>;

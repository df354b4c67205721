/** The messages between the processes of a benchmark. */
import * as t from 'io-ts';

/**
 * To the server: prepare the floods of a round, one for each number of conversations; or send one to the receiver
 * that has connected at a path.
 */
export const FloodOrder = t.union([
  t.type({ order: t.literal('prepare'), first: t.number, count: t.number, spreads: t.array(t.number) }),
  t.type({ order: t.literal('pour'), path: t.string, conversations: t.number }),
]);

/** From the server: the port on which it listens. */
export const Listening = t.type({ port: t.number });

/** From the server: what a receiver of each flood should count. */
export const Prepared = t.type({
  expected: t.array(t.type({ conversations: t.number, texts: t.number, bytes: t.number })),
});

/** To a receiver: the number of messages that come next. */
export const Expect = t.type({ expect: t.number });

/** From a receiver: it is logged in and subscribed, or it is ready for the expected messages. */
export const Ready = t.type({ ready: t.literal(true) });

/**
 * From a receiver: all messages have arrived. `elapsed` is the time from the first to the last, and `cpu` the processor
 * time of its process meanwhile, both in ms.
 */
export const Received = t.type({ elapsed: t.number, cpu: t.number, checksum: t.number });

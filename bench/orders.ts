/** What the processes of a benchmark say to each other. */
import * as t from 'io-ts';

/**
 * To the server: make the floods of a round, one for each number of conversations to spread them over; or send one to
 * who has connected at a path.
 */
export const FloodOrder = t.union([
  t.type({ order: t.literal('prepare'), first: t.number, count: t.number, spreads: t.array(t.number) }),
  t.type({ order: t.literal('pour'), path: t.string, conversations: t.number }),
]);

/** From the server: where it listens. */
export const Listening = t.type({ port: t.number });

/** From the server: what a receiver of each flood should come to. */
export const Prepared = t.type({
  expected: t.array(t.type({ conversations: t.number, texts: t.number, bytes: t.number })),
});

/** To a receiver: so many messages come next. */
export const Expect = t.type({ expect: t.number });

/** From a receiver: logged in and subscribed; or ready for what it was told to expect. */
export const Ready = t.type({ ready: t.literal(true) });

/** From a receiver: all messages have arrived, in so many ms from the first to the last, with this checksum. */
export const Received = t.type({ elapsed: t.number, checksum: t.number });

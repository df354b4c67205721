/**
 * The order of what reaches a node about one conversation. Each stored message names the time of the message before
 * it. So a node sees when one is missing: it waits a moment, since the messages of two nodes may have crossed, and then
 * reads the store. A message that comes twice is dropped. A step: state and event in, state and effects out.
 */

/** The place of a stored message in its conversation. */
export interface Link {
  /** Its time, ms since 1970. The times of a conversation increase. */
  readonly at: number;
  /** The time of the message before it; 0 if there is none, negative if that is not known. */
  readonly prev: number;
}

/**
 * What waits. Without a link it is no stored message, and keeps its place behind what has come before it. With `needs`,
 * its turn is when everything up to that time was delivered.
 */
interface Held<T> {
  readonly value: T;
  readonly link?: Link | undefined;
  readonly needs?: number;
}

/** A message of a client of this node that is stored, and handed out when its sender has its answer. */
interface Own {
  readonly at: number;
  /** How often the store was read up to it. */
  readonly reads: number;
}

export interface Chain<T> {
  /** All messages up to this time were delivered here, or are for nobody here. */
  readonly last: number;
  /** `waits`: a message is missing, and may come. `reads`: the store is asked for it. */
  readonly phase: 'flows' | 'waits' | 'reads';
  /** In the order of their arrival. Empty while the chain flows. */
  readonly held: readonly Held<T>[];
  /** The store has messages up to this time. */
  readonly known: number;
  /** Messages that this node hands out itself, soon. What is read from the store is not delivered beyond the first. */
  readonly own: readonly Own[];
  /** Counts the waits and the reads: the end of an earlier one means nothing any more. */
  readonly round: number;
}

export type ChainEvent<T> =
  | { readonly _tag: 'Arrived'; readonly value: T; readonly link?: Link | undefined }
  /**
   * A message of a client of this node is stored. `value` is delivered when everything before the message was: it gives
   * the sender its answer. The message itself comes then. `prev` as in a link.
   */
  | { readonly _tag: 'Own'; readonly at: number; readonly prev: number; readonly value: T }
  /** `value` is delivered when everything up to this time was. The store has a message of this time. */
  | { readonly _tag: 'Behind'; readonly at: number; readonly value: T }
  /** The wait is over. */
  | { readonly _tag: 'Waited'; readonly round: number }
  /** The store has answered. `isAll`: it had no later messages. `upTo`: as in the effect. */
  | {
      readonly _tag: 'Read';
      readonly round: number;
      readonly upTo: number;
      readonly messages: readonly { readonly at: number; readonly value: T }[];
      readonly isAll: boolean;
    }
  | { readonly _tag: 'ReadFailed'; readonly round: number }
  /** The store has a message of this time. */
  | { readonly _tag: 'Known'; readonly at: number };

export type ChainEffect<T> =
  | { readonly _tag: 'Deliver'; readonly value: T }
  | { readonly _tag: 'Wait'; readonly ms: number; readonly round: number }
  /** Asks the store for the messages after a time. It has some up to `upTo`, unless they were deleted. */
  | { readonly _tag: 'Read'; readonly after: number; readonly upTo: number; readonly round: number };

/** How long a missing message may still come, ms. */
const HOLD_BACK = 50;
/** The wait after a read that has failed, ms. */
const AGAIN = 1_000;
/** What may wait in one conversation. Messages beyond are read from the store. */
const MOST_HELD = 1_000;
/** How often the store is read up to a message that this node does not hand out. Then it is taken from the store. */
const MOST_READS = 100;

export const newChain = <T>(last: number): Chain<T> => ({
  last,
  phase: 'flows',
  held: [],
  known: last,
  own: [],
  round: 0,
});

type Step<T> = readonly [Chain<T>, readonly ChainEffect<T>[]];

const deliver = <T>(value: T): ChainEffect<T> => ({ _tag: 'Deliver', value });

/** Delivers what has its turn. */
const drained = <T>(chain: Chain<T>): Step<T> => {
  const effects: ChainEffect<T>[] = [];
  const held = [...chain.held];
  let { last } = chain;
  for (;;) {
    const behind = held.findIndex(({ link, needs }) => link !== undefined || needs !== undefined);
    for (const { value } of held.splice(0, behind < 0 ? held.length : behind)) effects.push(deliver(value));
    const turn = held.findIndex(
      ({ link, needs = Infinity }) =>
        needs <= last || (link !== undefined && (link.at <= last || (link.prev >= 0 && link.prev <= last))),
    );
    const [next] = turn < 0 ? [] : held.splice(turn, 1);
    if (next === undefined) break;
    if (next.link !== undefined) {
      if (next.link.at <= last) continue;
      last = next.link.at;
    }
    effects.push(deliver(next.value));
  }
  return [{ ...chain, last, held }, effects];
};

/** What is next when everything that has its turn was delivered. */
const settled = <T>([chain, effects]: Step<T>, missing: 'wait' | 'read'): Step<T> => {
  const isMissing = chain.held.length > 0 || chain.known > chain.last;
  const round = chain.round + 1;
  if (!isMissing) return chain.phase === 'flows' ? [chain, effects] : [{ ...chain, phase: 'flows', round }, effects];
  return missing === 'wait'
    ? [{ ...chain, phase: 'waits', round }, [...effects, { _tag: 'Wait', ms: HOLD_BACK, round }]]
    : [
        { ...chain, phase: 'reads', round },
        [...effects, { _tag: 'Read', after: chain.last, upTo: chain.known, round }],
      ];
};

/** Keeps what waits within its bound. A message that is left out is in the store. */
const bounded = <T>(held: readonly Held<T>[]): readonly Held<T>[] => (held.length > MOST_HELD ? held.slice(1) : held);

const withoutOwn = <T>(chain: Chain<T>, at: number | undefined): Chain<T> =>
  at === undefined || chain.own.length === 0 ? chain : { ...chain, own: chain.own.filter((one) => one.at !== at) };

/** What has come waits, if it does not have its turn. */
const hold = <T>(chain: Chain<T>, item: Held<T>, knownAt: number): Step<T> => {
  const next = { ...chain, known: Math.max(chain.known, knownAt), held: bounded([...chain.held, item]) };
  if (chain.phase === 'reads') return [next, []];
  const [after, effects] = drained(next);
  // A wait that has begun goes on: messages that come all the time do not put off the look at the store.
  const isMissing = after.held.length > 0 || after.known > after.last;
  return chain.phase === 'waits' && isMissing ? [after, effects] : settled([after, effects], 'wait');
};

const stored = <T>(chain: Chain<T>, at: number, prev: number, value: T): Step<T> => {
  const next = { ...chain, own: [...chain.own, { at, reads: 0 }] };
  const needs = prev >= 0 ? prev : at - 1;
  return needs <= chain.last ? [next, [deliver(value)]] : hold(next, { value, needs }, needs);
};

const arrived = <T>(before: Chain<T>, value: T, link: Link | undefined): Step<T> => {
  const chain = withoutOwn(before, link?.at);
  if (chain.phase === 'flows') {
    if (link === undefined) return [chain, [deliver(value)]];
    if (link.at <= chain.last) return [chain, []];
    if (link.prev >= 0 && link.prev <= chain.last)
      return [{ ...chain, last: link.at, known: Math.max(chain.known, link.at) }, [deliver(value)]];
  } else if (link !== undefined && link.at <= chain.last) return [chain, []];
  return hold(chain, { value, link }, link?.at ?? 0);
};

/** Delivers what was read. A message that has come meanwhile is delivered as it came. */
const afterRead = <T>(
  chain: Chain<T>,
  { messages, isAll, upTo }: Extract<ChainEvent<T>, { _tag: 'Read' }>,
): Step<T> => {
  const effects: ChainEffect<T>[] = [];
  const held = new Map(chain.held.flatMap(({ value, link }) => (link === undefined ? [] : [[link.at, value]])));
  const own = new Set(chain.own.filter(({ reads }) => reads < MOST_READS).map(({ at }) => at));
  let { last } = chain;
  let stopsAt: number | undefined;
  for (const { at, value } of messages) {
    if (at <= last) continue;
    // This node hands it out when its sender has its answer. Everything before it was read.
    if (own.has(at) && !held.has(at)) {
      stopsAt = at;
      last = at - 1;
      break;
    }
    last = at;
    effects.push(deliver(held.get(at) ?? value));
  }
  // What was known before the read and is not there any more was deleted. What came meanwhile may be later.
  if (isAll && stopsAt === undefined) last = Math.max(last, upTo);
  const counted = chain.own
    .filter(({ at }) => at > last)
    .map((one) => (one.at === stopsAt ? { ...one, reads: one.reads + 1 } : one));
  const [after, more] = drained({ ...chain, last, own: counted });
  return settled([after, [...effects, ...more]], stopsAt === undefined ? 'read' : 'wait');
};

export const chainStep = <T>(chain: Chain<T>, event: ChainEvent<T>): Step<T> => {
  switch (event._tag) {
    case 'Arrived':
      return arrived(chain, event.value, event.link);
    case 'Own':
      return stored(chain, event.at, event.prev, event.value);
    case 'Behind':
      return event.at <= chain.last
        ? [chain, [deliver(event.value)]]
        : hold(chain, { value: event.value, needs: event.at }, event.at);
    case 'Known': {
      if (event.at <= chain.known) return [chain, []];
      const next = { ...chain, known: event.at };
      return chain.phase === 'flows' ? settled([next, []], 'wait') : [next, []];
    }
    case 'Waited':
      return chain.phase === 'waits' && event.round === chain.round ? settled([chain, []], 'read') : [chain, []];
    case 'Read':
      return chain.phase === 'reads' && event.round === chain.round ? afterRead(chain, event) : [chain, []];
    case 'ReadFailed': {
      if (chain.phase !== 'reads' || event.round !== chain.round) return [chain, []];
      const round = chain.round + 1;
      return [{ ...chain, phase: 'waits', round }, [{ _tag: 'Wait', ms: AGAIN, round }]];
    }
  }
};

/** Nobody here needs messages up to this time. It is Infinity if nobody is here now: somebody may come. */
export const raised = <T>(chain: Chain<T>, floor: number): Chain<T> =>
  floor === Infinity || floor <= chain.last || chain.phase !== 'flows'
    ? chain
    : { ...chain, last: floor, known: Math.max(chain.known, floor) };

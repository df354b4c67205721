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

/** What waits. Without a link it is no stored message, and keeps its place behind what has come before it. */
interface Held<T> {
  readonly value: T;
  readonly link?: Link | undefined;
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
  /** Counts the waits and the reads: the end of an earlier one means nothing any more. */
  readonly round: number;
}

export type ChainEvent<T> =
  | { readonly _tag: 'Arrived'; readonly value: T; readonly link?: Link | undefined }
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
export const HOLD_BACK = 50;
/** The wait after a read that has failed, ms. */
const AGAIN = 1_000;
/** What may wait in one conversation. Messages beyond are read from the store. */
const MOST_HELD = 1_000;

export const newChain = <T>(last: number): Chain<T> => ({ last, phase: 'flows', held: [], known: last, round: 0 });

type Step<T> = readonly [Chain<T>, readonly ChainEffect<T>[]];

const deliver = <T>(value: T): ChainEffect<T> => ({ _tag: 'Deliver', value });

/** Delivers what has its turn. */
const drained = <T>(chain: Chain<T>): Step<T> => {
  const effects: ChainEffect<T>[] = [];
  const held = [...chain.held];
  let { last } = chain;
  for (;;) {
    const behind = held.findIndex(({ link }) => link !== undefined);
    for (const { value } of held.splice(0, behind < 0 ? held.length : behind)) effects.push(deliver(value));
    const turn = held.findIndex(
      ({ link }) => link !== undefined && (link.at <= last || (link.prev >= 0 && link.prev <= last)),
    );
    const [next] = turn < 0 ? [] : held.splice(turn, 1);
    if (next?.link === undefined) break;
    if (next.link.at <= last) continue;
    last = next.link.at;
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
    : [{ ...chain, phase: 'reads', round }, [...effects, { _tag: 'Read', after: chain.last, upTo: chain.known, round }]];
};

/** Keeps what waits within its bound. A message that is left out is in the store. */
const bounded = <T>(held: readonly Held<T>[]): readonly Held<T>[] => (held.length > MOST_HELD ? held.slice(1) : held);

const arrived = <T>(chain: Chain<T>, value: T, link: Link | undefined): Step<T> => {
  if (chain.phase === 'flows') {
    if (link === undefined) return [chain, [deliver(value)]];
    if (link.at <= chain.last) return [chain, []];
    if (link.prev >= 0 && link.prev <= chain.last)
      return [{ ...chain, last: link.at, known: Math.max(chain.known, link.at) }, [deliver(value)]];
  } else if (link !== undefined && link.at <= chain.last) return [chain, []];
  const known = Math.max(chain.known, link?.at ?? 0);
  const next = { ...chain, known, held: bounded([...chain.held, { value, link }]) };
  if (chain.phase === 'reads') return [next, []];
  const [after, effects] = drained(next);
  // A wait that has begun goes on: messages that come all the time do not put off the look at the store.
  const isMissing = after.held.length > 0 || after.known > after.last;
  return chain.phase === 'waits' && isMissing ? [after, effects] : settled([after, effects], 'wait');
};

/** Delivers what was read. A message that has come meanwhile is delivered as it came. */
const afterRead = <T>(
  chain: Chain<T>,
  { messages, isAll, upTo }: Extract<ChainEvent<T>, { _tag: 'Read' }>,
): Step<T> => {
  const effects: ChainEffect<T>[] = [];
  const held = new Map(chain.held.flatMap(({ value, link }) => (link === undefined ? [] : [[link.at, value]])));
  let { last } = chain;
  for (const { at, value } of messages) {
    if (at <= last) continue;
    last = at;
    effects.push(deliver(held.get(at) ?? value));
  }
  // What was known before the read and is not there any more was deleted. What came meanwhile may be later.
  if (isAll) last = Math.max(last, upTo);
  const [after, more] = drained({ ...chain, last });
  return settled([after, [...effects, ...more]], 'read');
};

export const chainStep = <T>(chain: Chain<T>, event: ChainEvent<T>): Step<T> => {
  switch (event._tag) {
    case 'Arrived':
      return arrived(chain, event.value, event.link);
    case 'Known': {
      if (event.at <= chain.known) return [chain, []];
      const next = { ...chain, known: event.at };
      return chain.phase === 'flows' ? settled([next, []], 'wait') : [next, []];
    }
    case 'Waited':
      return chain.phase === 'waits' && event.round === chain.round ? settled([chain, []], 'read') : [chain, []];
    case 'Read':
      return chain.phase === 'reads' && event.round === chain.round
        ? afterRead(chain, event)
        : [chain, []];
    case 'ReadFailed': {
      if (chain.phase !== 'reads' || event.round !== chain.round) return [chain, []];
      const round = chain.round + 1;
      return [{ ...chain, phase: 'waits', round }, [{ _tag: 'Wait', ms: AGAIN, round }]];
    }
  }
};

/** Nobody here needs messages up to this time. */
export const raised = <T>(chain: Chain<T>, floor: number): Chain<T> =>
  floor <= chain.last || chain.phase !== 'flows' ? chain : { ...chain, last: floor, known: Math.max(chain.known, floor) };

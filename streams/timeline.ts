import type { OutgoingBody } from '../codecs/index.js';
import { placeOf } from './binary-search.js';
import { comparePositions, type ConversationEvent, type Gap, type Message, type Position } from './events.js';
import { isShown } from './shown.js';
import { latestVersion } from './versions.js';

/** An entry of a timeline: a message in its current version, a gap, or an own message that is not stored yet. */
export type TimelineEntry =
  | { readonly _tag: 'Message'; readonly message: Message }
  | Gap
  | {
      readonly _tag: 'Pending';
      readonly token: string;
      readonly body: OutgoingBody;
      /** When it was sent, ms since 1970, by the clock of the client. */
      readonly at: number;
      /** Why sending failed. Missing while it is sent, or sent again. */
      readonly error?: Error;
    };

/**
 * A conversation as a view shows it. Immutable. The oldest entry comes first; messages that are being sent come last.
 */
export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  /** Whether there may be older messages. */
  readonly hasOlder: boolean;
}

/** An input of a timeline: an entry of the log, a page of older messages, or messages that fill a gap. */
export type TimelineInput =
  | ConversationEvent
  | { readonly _tag: 'Older'; readonly messages: readonly Message[]; readonly hasOlder: boolean }
  /** The first messages of a gap; `rest` is the gap that remains. */
  | { readonly _tag: 'Filled'; readonly gap: Gap; readonly messages: readonly Message[]; readonly rest?: Gap };

type Placed = Extract<TimelineEntry, { _tag: 'Message' | 'Gap' }>;
type Pending = Extract<TimelineEntry, { _tag: 'Pending' }>;

/** The state from which a timeline is made. */
export interface TimelineState {
  readonly placed: readonly Placed[];
  readonly pending: readonly Pending[];
  readonly hasOlder: boolean;
}

/** What a timeline is before its first input. */
export const emptyTimeline: TimelineState = { placed: [], pending: [], hasOlder: true };

const positionOf = (entry: Placed): Position => (entry._tag === 'Gap' ? entry.from : entry.message);

/** By time, then by id. A gap lies behind the message that it begins with. */
const compare = (a: Placed, b: Placed): number =>
  comparePositions(positionOf(a), positionOf(b)) || Number(a._tag === 'Gap') - Number(b._tag === 'Gap');

/** The index of an entry, or the index at which it has to be inserted. */
const indexOf = (placed: readonly Placed[], entry: Placed): number =>
  placeOf(placed, (other) => compare(other, entry) < 0);

const splice = <T>(entries: readonly T[], index: number, count: number, ...added: readonly T[]): readonly T[] => {
  const copy = entries.slice();
  copy.splice(index, count, ...added);
  return copy;
};

/** Adds an entry, unless it is a signal. If the message is there already, the later version stays. */
const insert = (placed: readonly Placed[], entry: Placed): readonly Placed[] => {
  if (entry._tag === 'Message' && !isShown(entry.message)) return placed;
  const index = indexOf(placed, entry);
  const there = placed[index];
  if (there === undefined || compare(there, entry) !== 0) return splice(placed, index, 0, entry);
  if (there._tag !== 'Message' || entry._tag !== 'Message') return placed;
  const message = latestVersion(there.message, entry.message);
  return message === there.message ? placed : splice(placed, index, 1, { _tag: 'Message', message });
};

const toEntry = (message: Message): Placed => ({ _tag: 'Message', message });

const withPlaced = (state: TimelineState, placed: readonly Placed[], window: number): TimelineState => {
  if (placed === state.placed) return state;
  // Dropped old messages can be loaded again.
  return placed.length <= window
    ? { ...state, placed }
    : { ...state, placed: placed.slice(placed.length - window), hasOlder: true };
};

/** Replaces the message, or appends it. If there are too many, the oldest failed ones are dropped. */
const withPending = (state: TimelineState, entry: Pending, window: number): TimelineState => {
  const index = state.pending.findIndex(({ token }) => token === entry.token);
  if (index >= 0) return { ...state, pending: splice(state.pending, index, 1, entry) };
  const pending = [...state.pending, entry];
  const oldest = pending.length > window ? pending.findIndex(({ error }) => error !== undefined) : -1;
  return { ...state, pending: oldest < 0 ? pending : splice(pending, oldest, 1) };
};

const withoutPending = (state: TimelineState, token: string): TimelineState => {
  const pending = state.pending.filter((entry) => entry.token !== token);
  return pending.length === state.pending.length ? state : { ...state, pending };
};

/**
 * The state after one more input; the same state if nothing changes. An entry of the log costs a binary search and a
 * copy of the list. The list holds at most `window` stored entries; older ones are dropped. The same bound holds for
 * failed messages. It begins with `undefined`, an empty timeline.
 *
 * @example
 * inputs$.pipe(scan(timelineReducer(1_000), undefined), map(toTimeline));
 */
export const timelineReducer =
  (window: number) =>
  (before: TimelineState | undefined, input: TimelineInput): TimelineState => {
    const state = before ?? emptyTimeline;
    switch (input._tag) {
      case 'Message':
        return input.message.transient
          ? state
          : withPlaced(state, insert(state.placed, toEntry(input.message)), window);
      case 'Edit':
      case 'Recall': {
        const entry = toEntry(input.message);
        const there = state.placed[indexOf(state.placed, entry)];
        return there !== undefined && compare(there, entry) === 0
          ? withPlaced(state, insert(state.placed, entry), window)
          : state;
      }
      case 'Gap':
        return withPlaced(state, insert(state.placed, input), window);
      case 'Outgoing': {
        const { token, body, at, progress } = input;
        if (progress._tag === 'sent')
          return withPlaced(withoutPending(state, token), insert(state.placed, toEntry(progress.message)), window);
        if (progress._tag === 'failed' && progress.error === undefined) return withoutPending(state, token);
        const entry: Pending = {
          _tag: 'Pending',
          token,
          body,
          at,
          ...(progress._tag === 'failed' && progress.error !== undefined ? { error: progress.error } : {}),
        };
        return withPending(state, entry, window);
      }
      case 'Older': {
        const placed = input.messages.map(toEntry).reduce(insert, state.placed);
        return { ...withPlaced(state, placed, window), hasOlder: input.hasOlder || placed.length > window };
      }
      case 'Filled': {
        const index = indexOf(state.placed, input.gap);
        const there = state.placed[index];
        const without =
          there?._tag === 'Gap' && compare(there, input.gap) === 0 ? splice(state.placed, index, 1) : state.placed;
        const filled = [...input.messages.map(toEntry), ...(input.rest === undefined ? [] : [input.rest])].reduce(
          insert,
          without,
        );
        return withPlaced(state, filled, window);
      }
      default:
        return state;
    }
  };

/** The timeline of a state; `undefined` is an empty one. */
export const toTimeline = (state: TimelineState | undefined): Timeline => {
  const { placed, pending, hasOlder } = state ?? emptyTimeline;
  return { entries: pending.length === 0 ? placed : [...placed, ...pending], hasOlder };
};

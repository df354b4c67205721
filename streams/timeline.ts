import type { OutgoingBody } from '../codecs/index.js';
import { placeOf } from './binary-search.js';
import { comparePositions, type ConversationEvent, type Gap, type Message, type Position } from './events.js';
import { latestVersion } from './versions.js';

/** A line of a timeline: a message as it is now, a part that is missing, or a message of one's own that is not stored yet. */
export type TimelineEntry =
  | { readonly _tag: 'Message'; readonly message: Message }
  | Gap
  | {
      readonly _tag: 'Pending';
      readonly token: string;
      readonly body: OutgoingBody;
      /** When it was sent, ms since 1970, by the client's clock. */
      readonly at: number;
      /** Why it was not sent; sending it again clears it. */
      readonly error?: Error;
    };

/** A conversation as a view shows it: immutable, the oldest first; messages on their way come last. */
export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  /** There may be older messages. */
  readonly hasOlder: boolean;
}

/** What moves a timeline: the conversation's log; a page of messages before those that are there; what was missing in a gap. */
export type TimelineInput =
  | ConversationEvent
  | { readonly _tag: 'Older'; readonly messages: readonly Message[]; readonly hasOlder: boolean }
  /** The first messages of a gap; `rest` is what is still missing. */
  | { readonly _tag: 'Filled'; readonly gap: Gap; readonly messages: readonly Message[]; readonly rest?: Gap };

type Placed = Extract<TimelineEntry, { _tag: 'Message' | 'Gap' }>;
type Pending = Extract<TimelineEntry, { _tag: 'Pending' }>;

/** A timeline while it is kept. */
export interface TimelineState {
  readonly placed: readonly Placed[];
  readonly pending: readonly Pending[];
  readonly hasOlder: boolean;
}

export const emptyTimeline: TimelineState = { placed: [], pending: [], hasOlder: true };

const positionOf = (entry: Placed): Position => (entry._tag === 'Gap' ? entry.from : entry.message);

/** By time and id; a gap lies behind the message that it begins with. */
const compare = (a: Placed, b: Placed): number =>
  comparePositions(positionOf(a), positionOf(b)) || Number(a._tag === 'Gap') - Number(b._tag === 'Gap');

/** Where an entry is, or belongs. */
const indexOf = (placed: readonly Placed[], entry: Placed): number => placeOf(placed, (other) => compare(other, entry) < 0);

const splice = <T>(entries: readonly T[], index: number, count: number, ...added: readonly T[]): readonly T[] => {
  const copy = entries.slice();
  copy.splice(index, count, ...added);
  return copy;
};

/** With one more entry; of a message that is there, the later version stays. */
const insert = (placed: readonly Placed[], entry: Placed): readonly Placed[] => {
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
  // What is dropped at the old end can be asked for again.
  return placed.length <= window ? { ...state, placed } : { ...state, placed: placed.slice(placed.length - window), hasOlder: true };
};

/** In its place, or at the end. Of more than may be kept, the oldest that have failed go. */
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

/** What a timeline is after one more input: a binary search and a copy of the list for an entry of the log. The same state where nothing has changed. At most `window` entries have a place; more push out the oldest. Of messages that were not sent, as many. */
export const timelineReducer =
  (window: number) =>
  (state: TimelineState, input: TimelineInput): TimelineState => {
    switch (input._tag) {
      case 'Message':
        return input.message.transient ? state : withPlaced(state, insert(state.placed, toEntry(input.message)), window);
      case 'Edit':
      case 'Recall': {
        const entry = toEntry(input.message);
        const there = state.placed[indexOf(state.placed, entry)];
        return there !== undefined && compare(there, entry) === 0 ? withPlaced(state, insert(state.placed, entry), window) : state;
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
        const without = there?._tag === 'Gap' && compare(there, input.gap) === 0 ? splice(state.placed, index, 1) : state.placed;
        const filled = [...input.messages.map(toEntry), ...(input.rest === undefined ? [] : [input.rest])].reduce(insert, without);
        return withPlaced(state, filled, window);
      }
      default:
        return state;
    }
  };

/** The timeline of a state. */
export const toTimeline = ({ placed, pending, hasOlder }: TimelineState): Timeline => ({
  entries: pending.length === 0 ? placed : [...placed, ...pending],
  hasOlder,
});

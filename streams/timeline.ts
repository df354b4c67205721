import type { OutgoingBody } from '../codecs/index.js';
import { placeOf } from './binary-search.js';
import {
  comparePositions,
  type ConversationEvent,
  type Gap,
  type Message,
  type Outgoing,
  type Position,
  type Unstored,
} from './events.js';
import { isShown } from './shown.js';
import { latestVersion } from './versions.js';

/** An entry of a timeline: a message in its current version, a gap, or an own message that is not stored yet. */
export type TimelineEntry =
  | { readonly _tag: 'Message'; readonly message: Message }
  | Gap
  | {
      readonly _tag: 'Pending';
      readonly token: string;
      /** Of a message with a file: the file, until it is stored. */
      readonly body: OutgoingBody | Unstored;
      /** When it was sent, ms since 1970, by the clock of the client. */
      readonly at: number;
      /** How much of its file is uploaded, from 0 to 1. Missing when no file is being uploaded. */
      readonly progress?: number;
      /** Why the upload or the sending failed. Missing while it is sent, or sent again. */
      readonly error?: Error;
    };

/** An own message that is not stored yet. */
export type Pending = Extract<TimelineEntry, { _tag: 'Pending' }>;

/**
 * A conversation as a view shows it: a window on its messages. Immutable. The oldest entry comes first. Own messages
 * that are not stored yet come last, as long as the window reaches to the newest message.
 */
export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  /** Whether there may be older messages. After an answer of the server it is exact. */
  readonly hasOlder: boolean;
  /** Whether there are newer messages, because the window has moved to older ones. New messages are not shown then. */
  readonly hasNewer: boolean;
}

/** An input of a timeline: an entry of the log, a page of messages, or messages that fill a gap. */
export type TimelineInput =
  | ConversationEvent
  /**
   * The newest page. `after` is the newest message that was known when it was asked for. If the page does not reach
   * back to that message, everything before the page is dropped.
   */
  | {
      readonly _tag: 'Newest';
      readonly messages: readonly Message[];
      readonly hasOlder: boolean;
      readonly after?: Position;
    }
  /** A page before the oldest message. If there is too much, the window moves: the newest messages are dropped. */
  | { readonly _tag: 'Older'; readonly messages: readonly Message[]; readonly hasOlder: boolean }
  /** Entries after the newest one of a window that has moved. If there is too much, the oldest are dropped. */
  | { readonly _tag: 'Newer'; readonly entries: readonly Placed[]; readonly hasNewer: boolean }
  /** The window goes back to the newest messages. */
  | { readonly _tag: 'Latest'; readonly entries: readonly Placed[]; readonly hasOlder: boolean }
  /** The first messages of a gap; `rest` is the gap that remains. */
  | { readonly _tag: 'Filled'; readonly gap: Gap; readonly messages: readonly Message[]; readonly rest?: Gap };

/** An entry that has a place in the history. */
export type Placed = Extract<TimelineEntry, { _tag: 'Message' | 'Gap' }>;

/** The state from which a timeline is made. */
export interface TimelineState {
  readonly placed: readonly Placed[];
  readonly pending: readonly Pending[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** What a timeline is before its first input. */
export const emptyTimeline: TimelineState = { placed: [], pending: [], hasOlder: true, hasNewer: false };

/** The position of a message, or the one at which a gap begins. */
export const positionOf = (entry: Placed): Position => (entry._tag === 'Gap' ? entry.from : entry.message);

/** By time, then by id. A gap lies behind the message that it begins with. */
const compare = (a: Placed, b: Placed): number =>
  comparePositions(positionOf(a), positionOf(b)) || Number(a._tag === 'Gap') - Number(b._tag === 'Gap');

/** Signals stay in the state, where they tell how far the history is loaded. */
const isVisible = (entry: Placed): boolean => entry._tag === 'Gap' || isShown(entry.message);

/** Lists of which every entry is visible, so that a list with one more entry need not be searched. */
const allVisible = new WeakSet<readonly Placed[]>();

/** The same list, after a change of a list of which every entry was visible or not. */
const after = (before: readonly Placed[], now: readonly Placed[], isSame = true): readonly Placed[] => {
  if (isSame && allVisible.has(before)) allVisible.add(now);
  return now;
};

/** The index of an entry, or the index at which it has to be inserted. */
const indexOf = (placed: readonly Placed[], entry: Placed): number =>
  placeOf(placed, (other) => compare(other, entry) < 0);

const splice = <T>(entries: readonly T[], index: number, count: number, ...added: readonly T[]): readonly T[] => {
  const copy = entries.slice();
  copy.splice(index, count, ...added);
  return copy;
};

/** Adds an entry. If the message is there already, the later version stays. */
const insert = (placed: readonly Placed[], entry: Placed): readonly Placed[] => {
  const index = indexOf(placed, entry);
  const there = placed[index];
  if (there === undefined || compare(there, entry) !== 0)
    return after(placed, splice(placed, index, 0, entry), isVisible(entry));
  if (there._tag !== 'Message' || entry._tag !== 'Message') return placed;
  const message = latestVersion(there.message, entry.message);
  return message === there.message
    ? placed
    : after(placed, splice(placed, index, 1, toEntry(message)), isShown(message));
};

/**
 * Adds entries. They are merged with the part of the list in which they belong, and the rest is copied once: a page at
 * an end of the list costs little more than itself.
 */
const insertAll = (placed: readonly Placed[], entries: readonly Placed[]): readonly Placed[] => {
  const sorted = entries.slice().sort(compare);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return placed;
  const start = indexOf(placed, first);
  const end = placeOf(placed, (other) => compare(other, last) <= 0);
  const merged: Placed[] = [];
  // The sort is stable: of two versions, the one that was there, or came first, stays first.
  for (const entry of placed.slice(start, end).concat(sorted).sort(compare)) {
    const there = merged.at(-1);
    if (there === undefined || compare(there, entry) !== 0) merged.push(entry);
    else if (there._tag === 'Message' && entry._tag === 'Message') {
      const message = latestVersion(there.message, entry.message);
      if (message !== there.message) merged[merged.length - 1] = toEntry(message);
    }
  }
  const isSame = merged.length === end - start && merged.every((entry, index) => entry === placed[start + index]);
  return isSame
    ? placed
    : after(placed, placed.slice(0, start).concat(merged, placed.slice(end)), merged.every(isVisible));
};

export const toEntry = (message: Message): Placed => ({ _tag: 'Message', message });

/** A message that is being sent or has failed, as a timeline shows it. */
export const toPending = ({ token, body, at, progress }: Outgoing): Pending => ({
  _tag: 'Pending',
  token,
  body,
  at,
  ...(progress._tag === 'uploading' ? { progress: progress.progress } : {}),
  ...(progress._tag === 'failed' && progress.error !== undefined ? { error: progress.error } : {}),
});

/** The entry lies behind a window that has moved to older messages. */
const isBeyond = ({ hasNewer, placed }: TimelineState, entry: Placed): boolean => {
  const newest = placed.at(-1);
  return hasNewer && newest !== undefined && compare(newest, entry) < 0;
};

/** Adds an entry of the log. */
const withEntry = (state: TimelineState, entry: Placed, window: number): TimelineState =>
  isBeyond(state, entry) ? state : withPlaced(state, insert(state.placed, entry), window);

const withPlaced = (state: TimelineState, placed: readonly Placed[], window: number): TimelineState => {
  if (placed === state.placed) return state;
  // Dropped old messages can be loaded again.
  return placed.length <= window
    ? { ...state, placed }
    : { ...state, placed: after(placed, placed.slice(placed.length - window)), hasOlder: true };
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

/** With the newest page, unless the window has moved meanwhile. */
const withNewest = (
  state: TimelineState,
  { messages, hasOlder, after }: Extract<TimelineInput, { _tag: 'Newest' }>,
  window: number,
): TimelineState => {
  const [first] = messages;
  if (state.hasNewer) return state;
  // Live messages may have filled the window meanwhile, and pushed out others.
  if (first === undefined) return { ...state, hasOlder: state.placed.length >= window };
  const start = indexOf(state.placed, toEntry(first));
  // Before the page there may be messages that nobody has fetched, or there is nothing at all.
  const isCut = !hasOlder || (after !== undefined && comparePositions(first, after) > 0);
  const known = isCut ? state.placed.slice(start) : state.placed;
  const placed = insertAll(known, messages.map(toEntry));
  return withPlaced(
    { ...state, placed: [], hasOlder: isCut || start === 0 ? hasOlder : state.hasOlder },
    placed,
    window,
  );
};

/**
 * The state after one more input; the same state if nothing changes. An entry of the log costs a binary search and a
 * copy of the list. The list holds at most `window` stored entries: those at the other end than the new ones are
 * dropped. The same bound holds for failed messages. It begins with `undefined`, an empty timeline.
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
        return input.message.transient ? state : withEntry(state, toEntry(input.message), window);
      case 'Edit':
      case 'Recall': {
        const entry = toEntry(input.message);
        const there = state.placed[indexOf(state.placed, entry)];
        return there !== undefined && compare(there, entry) === 0
          ? withPlaced(state, insert(state.placed, entry), window)
          : state;
      }
      case 'Gap':
        return withEntry(state, input, window);
      case 'Outgoing': {
        const { token, progress } = input;
        if (progress._tag === 'sent') return withEntry(withoutPending(state, token), toEntry(progress.message), window);
        if (progress._tag === 'failed' && progress.error === undefined) return withoutPending(state, token);
        return withPending(state, toPending(input), window);
      }
      case 'Newest':
        return withNewest(state, input, window);
      case 'Older': {
        const placed = insertAll(state.placed, input.messages.map(toEntry));
        const { hasOlder } = input;
        if (placed.length <= window) return { ...state, placed, hasOlder };
        // A first page that is longer than the window.
        if (state.placed.length === 0) return { ...withPlaced(state, placed, window), hasOlder: true };
        return { ...state, placed: placed.slice(0, window), hasOlder, hasNewer: true };
      }
      case 'Newer':
        return { ...withPlaced(state, insertAll(state.placed, input.entries), window), hasNewer: input.hasNewer };
      case 'Latest':
        return withPlaced({ ...state, placed: [], hasOlder: input.hasOlder, hasNewer: false }, input.entries, window);
      case 'Filled': {
        const index = indexOf(state.placed, input.gap);
        const there = state.placed[index];
        // The window has moved: there may be other messages between this gap and the window.
        if (there?._tag !== 'Gap' || compare(there, input.gap) !== 0) return state;
        const filled = insertAll(splice(state.placed, index, 1), [
          ...input.messages.map(toEntry),
          ...(input.rest === undefined ? [] : [input.rest]),
        ]);
        return withPlaced(state, filled, window);
      }
      default:
        return state;
    }
  };

/** The timeline of a state; `undefined` is an empty one. */
export const toTimeline = (state: TimelineState | undefined): Timeline => {
  const { placed, pending, hasOlder, hasNewer } = state ?? emptyTimeline;
  if (!allVisible.has(placed) && placed.every(isVisible)) allVisible.add(placed);
  const shown = allVisible.has(placed) ? placed : placed.filter(isVisible);
  return { entries: pending.length === 0 || hasNewer ? shown : [...shown, ...pending], hasOlder, hasNewer };
};

import type { OutgoingBody } from '../codecs/index.js';
import {
  comparePositions,
  type ConversationEvent,
  type Gap,
  type Message,
  type Outgoing,
  type Position,
  type Unstored,
} from './events.js';
import { nothingPending, pendingOf, withPending, withoutPending, type PendingEntries } from './pending-entries.js';
import { isShown } from './shown.js';
import {
  START,
  between,
  itemAt,
  itemsOf,
  lastOf,
  lengthOf,
  listOf,
  placeAfter,
  placeIn,
  spliced,
  type ListPlace,
  type SortedList,
} from './sorted-list.js';
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
  /** With more than 100 entries, the array is made when it is read for the first time. */
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

/** The state from which a timeline is made. Immutable. */
export interface TimelineState {
  readonly placed: SortedList<Placed>;
  /** Whether there may be signals among them. They tell how far the history is loaded, but are not shown. */
  readonly hasSignals: boolean;
  readonly pending: PendingEntries;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** What a timeline is before its first input. */
export const emptyTimeline: TimelineState = {
  placed: [],
  hasSignals: false,
  pending: nothingPending,
  hasOlder: true,
  hasNewer: false,
};

/** The position of a message, or the one at which a gap begins. */
export const positionOf = (entry: Placed): Position => (entry._tag === 'Gap' ? entry.from : entry.message);

/** By time, then by id. A gap lies behind the message that it begins with. */
const compare = (a: Placed, b: Placed): number =>
  comparePositions(positionOf(a), positionOf(b)) || Number(a._tag === 'Gap') - Number(b._tag === 'Gap');

const isVisible = (entry: Placed): boolean => entry._tag === 'Gap' || isShown(entry.message);

/** The place of an entry, or the one at which it has to be inserted. */
const placeFor = (placed: SortedList<Placed>, entry: Placed): ListPlace =>
  placeIn(placed, (other) => compare(other, entry) < 0);

/** The entry that has the place of this one: another version of the message, or the same gap. */
const thereFor = (placed: SortedList<Placed>, place: ListPlace, entry: Placed): Placed | undefined => {
  const there = itemAt(placed, place);
  return there !== undefined && compare(there, entry) === 0 ? there : undefined;
};

const behind = ({ chunk, index }: ListPlace): ListPlace => ({ chunk, index: index + 1 });

/** Adds an entry. If the message is there already, the later version stays. */
const insert = (placed: SortedList<Placed>, entry: Placed): SortedList<Placed> => {
  const place = placeFor(placed, entry);
  const there = thereFor(placed, place, entry);
  if (there === undefined) return spliced(placed, place, place, [entry]);
  if (there._tag !== 'Message' || entry._tag !== 'Message') return placed;
  const message = latestVersion(there.message, entry.message);
  return message === there.message ? placed : spliced(placed, place, behind(place), [toEntry(message)]);
};

/** Adds entries: merges them with the part of the list in which they belong. A page costs little more than itself. */
const insertAll = (placed: SortedList<Placed>, entries: readonly Placed[]): SortedList<Placed> => {
  const sorted = entries.slice().sort(compare);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return placed;
  const start = placeFor(placed, first);
  const end = placeIn(placed, (other) => compare(other, last) <= 0);
  const known = between(placed, start, end);
  const merged: Placed[] = [];
  // The sort is stable: of two versions, the one that was there, or came first, stays first.
  for (const entry of known.concat(sorted).sort(compare)) {
    const there = merged.at(-1);
    if (there === undefined || compare(there, entry) !== 0) merged.push(entry);
    else if (there._tag === 'Message' && entry._tag === 'Message') {
      const message = latestVersion(there.message, entry.message);
      if (message !== there.message) merged[merged.length - 1] = toEntry(message);
    }
  }
  const isSame = merged.length === known.length && merged.every((entry, index) => entry === known[index]);
  return isSame ? placed : spliced(placed, start, end, merged);
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
  const newest = lastOf(placed);
  return hasNewer && newest !== undefined && compare(newest, entry) < 0;
};

/** Adds an entry of the log. */
const withEntry = (state: TimelineState, entry: Placed, window: number): TimelineState =>
  isBeyond(state, entry) ? state : withPlaced(state, insert(state.placed, entry), window);

const withPlaced = (state: TimelineState, placed: SortedList<Placed>, window: number): TimelineState => {
  if (placed === state.placed) return state;
  const excess = lengthOf(placed) - window;
  // Dropped old messages can be loaded again.
  return excess <= 0
    ? { ...state, placed }
    : { ...state, placed: spliced(placed, START, placeAfter(placed, excess), []), hasOlder: true };
};

/** The same state if nothing has changed. */
const withPendings = (state: TimelineState, pending: PendingEntries): TimelineState =>
  pending === state.pending ? state : { ...state, pending };

/** With the newest page, unless the window has moved meanwhile. */
const withNewest = (
  state: TimelineState,
  { messages, hasOlder, after }: Extract<TimelineInput, { _tag: 'Newest' }>,
  window: number,
): TimelineState => {
  const [first] = messages;
  if (state.hasNewer) return state;
  // Live messages may have filled the window meanwhile, and pushed out others.
  if (first === undefined) return { ...state, hasOlder: lengthOf(state.placed) >= window };
  const start = placeFor(state.placed, toEntry(first));
  const isFirst = start.chunk === 0 && start.index === 0;
  // Before the page there may be messages that nobody has fetched, or there is nothing at all.
  const isCut = !hasOlder || (after !== undefined && comparePositions(first, after) > 0);
  const known = isCut && !isFirst ? spliced(state.placed, START, start, []) : state.placed;
  const placed = insertAll(known, messages.map(toEntry));
  return withPlaced({ ...state, placed: [], hasOlder: isCut || isFirst ? hasOlder : state.hasOlder }, placed, window);
};

/** Whether an input brings something that is not shown. */
const bringsSignals = (input: TimelineInput): boolean => {
  switch (input._tag) {
    case 'Message':
    case 'Edit':
    case 'Recall':
      return !isShown(input.message);
    case 'Outgoing':
      return input.progress._tag === 'sent' && !isShown(input.progress.message);
    case 'Newest':
    case 'Older':
    case 'Filled':
      return !input.messages.every(isShown);
    case 'Newer':
    case 'Latest':
      return !input.entries.every(isVisible);
    default:
      return false;
  }
};

const stepOf =
  (window: number) =>
  (state: TimelineState, input: TimelineInput): TimelineState => {
    switch (input._tag) {
      case 'Message':
        return input.message.transient ? state : withEntry(state, toEntry(input.message), window);
      case 'Edit':
      case 'Recall': {
        const entry = toEntry(input.message);
        return thereFor(state.placed, placeFor(state.placed, entry), entry) === undefined
          ? state
          : withPlaced(state, insert(state.placed, entry), window);
      }
      case 'Gap':
        return withEntry(state, input, window);
      case 'Outgoing': {
        const { token, progress } = input;
        const isWithdrawn = progress._tag === 'failed' && progress.error === undefined;
        if (progress._tag !== 'sent' && !isWithdrawn)
          return withPendings(state, withPending(state.pending, toPending(input), window));
        const rest = withPendings(state, withoutPending(state.pending, token));
        return progress._tag === 'sent' ? withEntry(rest, toEntry(progress.message), window) : rest;
      }
      case 'Newest':
        return withNewest(state, input, window);
      case 'Older': {
        const placed = insertAll(state.placed, input.messages.map(toEntry));
        const { hasOlder } = input;
        if (lengthOf(placed) <= window) return { ...state, placed, hasOlder };
        // A first page that is longer than the window.
        if (state.placed.length === 0) return { ...withPlaced(state, placed, window), hasOlder: true };
        const kept = listOf(between(placed, START, placeAfter(placed, window)));
        return { ...state, placed: kept, hasOlder, hasNewer: true };
      }
      case 'Newer':
        return { ...withPlaced(state, insertAll(state.placed, input.entries), window), hasNewer: input.hasNewer };
      case 'Latest':
        return withPlaced(
          { ...state, placed: [], hasOlder: input.hasOlder, hasNewer: false },
          listOf(input.entries),
          window,
        );
      case 'Filled': {
        const place = placeFor(state.placed, input.gap);
        // The window has moved: there may be other messages between this gap and the window.
        if (thereFor(state.placed, place, input.gap)?._tag !== 'Gap') return state;
        const filled = insertAll(spliced(state.placed, place, behind(place), []), [
          ...input.messages.map(toEntry),
          ...(input.rest === undefined ? [] : [input.rest]),
        ]);
        return withPlaced(state, filled, window);
      }
      default:
        return state;
    }
  };

/**
 * The state after one more input; the same state if nothing changes. An entry of the log costs a binary search and a
 * copy of a small part of the list. The list holds at most `window` stored entries: those at the other end than the
 * new ones are dropped. The same bound holds for failed messages. It begins with `undefined`, an empty timeline.
 *
 * @example
 * inputs$.pipe(scan(timelineReducer(1_000), undefined), map(toTimeline));
 */
export const timelineReducer = (window: number) => {
  const step = stepOf(window);
  return (before: TimelineState | undefined, input: TimelineInput): TimelineState => {
    const state = before ?? emptyTimeline;
    const next = step(state, input);
    return next === state || next.hasSignals || !bringsSignals(input) ? next : { ...next, hasSignals: true };
  };
};

/** What a timeline is made of. */
interface Source {
  readonly stored: Omit<TimelineState, 'pending'>;
  readonly pending: () => readonly Pending[];
}

const NONE: readonly Placed[] = [];
/** A longer list is made when it is read: it costs more than a step, and often only the last one of a turn is read. */
const AT_ONCE = 100;
const SOURCE = Symbol('source');

/** The arrays of lists: while a list stays the same, its array does. */
const arrays = new WeakMap<SortedList<Placed>, readonly Placed[]>();

/** What is shown of stored entries. */
const shownOf = (placed: SortedList<Placed>, hasSignals: boolean): readonly Placed[] => {
  const [first = NONE] = placed;
  if (placed.length <= 1 && !hasSignals) return first;
  const known = arrays.get(placed);
  if (known !== undefined) return known;
  const made = itemsOf(hasSignals ? placed.map((chunk) => chunk.filter(isVisible)) : placed);
  arrays.set(placed, made);
  return made;
};

const listed = ({ stored: { placed, hasSignals, hasNewer }, pending }: Source): readonly TimelineEntry[] => {
  const shown = shownOf(placed, hasSignals);
  const last = hasNewer ? [] : pending();
  return last.length === 0 ? shown : [...shown, ...last];
};

/**
 * All timelines share this function. With a function for each, every one would have a hidden class of its own. It calls
 * another function, because that is what proxies of views leave as it is.
 */
const READ: PropertyDescriptor & ThisType<{ readonly [SOURCE]: () => readonly TimelineEntry[] }> = {
  enumerable: true,
  get() {
    return this[SOURCE]();
  },
};

/** A timeline of stored entries, and of so many own messages that are not stored yet. */
export const timelineWith = (
  stored: Omit<TimelineState, 'pending'>,
  pending: () => readonly Pending[],
  count: number,
): Timeline => {
  const { placed, hasOlder, hasNewer } = stored;
  const source: Source = { stored, pending };
  let made: readonly TimelineEntry[] | undefined;
  const isLong = lengthOf(placed) + count > AT_ONCE;
  const timeline = { entries: isLong ? NONE : listed(source), hasOlder, hasNewer };
  return isLong
    ? Object.defineProperties(timeline, { [SOURCE]: { value: () => (made ??= listed(source)) }, entries: READ })
    : timeline;
};

/** The timeline of a state; `undefined` is an empty one. */
export const toTimeline = (state: TimelineState | undefined): Timeline => {
  const { pending, ...stored } = state ?? emptyTimeline;
  return timelineWith(stored, () => pendingOf(pending), pending.count);
};

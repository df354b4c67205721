/** What a client knows of the newest messages of its conversations, for a view that is opened again. */
import type { ConversationEvent } from '../../../streams/index.js';
import { START, lengthOf, listOf, placeAfter, spliced } from '../../../streams/sorted-list.js';
import { emptyTimeline, timelineReducer, toEntry, type TimelineState } from '../../../streams/timeline.js';
import { perClient } from '../internals.js';

/** How many entries of a conversation are kept, and of how many conversations. */
const ENTRIES = 100;
const CONVERSATIONS = 100;

/** The newest entries of the conversations of a client. */
export interface KnownHistory {
  /** The newest entries that are known. There is no hole between them, and none behind them. */
  readonly at: (id: string) => TimelineState;
  /** Keeps what a view has loaded. It has to reach to the newest message. */
  readonly keep: (id: string, state: TimelineState) => void;
}

interface Kept {
  readonly base: TimelineState;
  /** Later entries of the log. They are applied when they are needed, or when there are many. */
  readonly tail: ConversationEvent[];
}

const reduce = timelineReducer(ENTRIES);
const applied = ({ base, tail }: Kept): TimelineState => tail.reduce(reduce, base);

/**
 * Listens to the log from the first view on. An entry of the log costs the same however much is known. The oldest
 * entries, and the conversations in which nothing has happened for the longest time, are dropped.
 */
export const knownHistory = perClient(({ log$, state }): KnownHistory => {
  const known = new Map<string, Kept>();
  const set = (id: string, kept: Kept): void => {
    known.delete(id);
    known.set(id, kept);
    const [oldest] = known.size > CONVERSATIONS ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
  };
  const of = (id: string): Kept => known.get(id) ?? { base: emptyTimeline, tail: [] };
  log$.subscribe({
    next: (event) => {
      if (event._tag !== 'Message' && event._tag !== 'Edit' && event._tag !== 'Recall' && event._tag !== 'Gap') return;
      const { conversationId: id } = event;
      const kept = of(id);
      kept.tail.push(event);
      set(id, kept.tail.length < ENTRIES ? kept : { base: applied(kept), tail: [] });
    },
    complete: () => {
      known.clear();
    },
  });
  return {
    at: (id) => {
      const now = applied(of(id));
      const last = state.lastMessages.get(id);
      return now.placed.length > 0 || last === undefined ? now : { ...now, placed: listOf([toEntry(last)]) };
    },
    keep: (id, { placed, hasSignals, hasOlder }) => {
      const excess = Math.max(0, lengthOf(placed) - ENTRIES);
      const newest = spliced(placed, START, placeAfter(placed, excess), []);
      const base = { ...emptyTimeline, placed: newest, hasSignals, hasOlder: hasOlder || excess > 0 };
      // A view may end while an entry is on its way to it. Gaps are not applied again: the view may have filled them.
      set(id, { base, tail: of(id).tail.filter(({ _tag }) => _tag !== 'Gap') });
    },
  };
});

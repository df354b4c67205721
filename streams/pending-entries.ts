import { firstOf, itemAt, itemsOf, lastOf, placeIn, withItem, without, type SortedList } from './sorted-list.js';
import type { Pending } from './timeline.js';

/** An entry with its number: entries are shown in the order in which their messages were sent. */
interface Numbered {
  readonly number: number;
  readonly entry: Pending;
}

/** Own messages that are not stored yet. Immutable. A change costs little however many there are. */
export interface PendingEntries {
  readonly count: number;
  readonly entries: SortedList<Numbered>;
  readonly byToken: SortedList<Numbered>;
  readonly failed: SortedList<Numbered>;
}

export const nothingPending: PendingEntries = { count: 0, entries: [], byToken: [], failed: [] };

const byNumber = (a: Numbered, b: Numbered): number => a.number - b.number;

const byToken = ({ entry: { token: a } }: Numbered, { entry: { token: b } }: Numbered): number =>
  a < b ? -1 : Number(a > b);

const numberedOf = (pending: PendingEntries, token: string): Numbered | undefined => {
  const there = itemAt(
    pending.byToken,
    placeIn(pending.byToken, ({ entry }) => entry.token < token),
  );
  return there?.entry.token === token ? there : undefined;
};

const removed = ({ count, entries, byToken: tokens, failed }: PendingEntries, numbered: Numbered): PendingEntries => ({
  count: count - 1,
  entries: without(entries, byNumber, numbered),
  byToken: without(tokens, byToken, numbered),
  failed: without(failed, byNumber, numbered),
});

/** Without the message. */
export const withoutPending = (pending: PendingEntries, token: string): PendingEntries => {
  const there = numberedOf(pending, token);
  return there === undefined ? pending : removed(pending, there);
};

/** Replaces the message, or appends it. If there are more than `most` then, the oldest failed one is dropped. */
export const withPending = (pending: PendingEntries, entry: Pending, most: number): PendingEntries => {
  const there = numberedOf(pending, entry.token);
  const numbered =
    there === undefined ? { number: (lastOf(pending.entries)?.number ?? 0) + 1, entry } : { ...there, entry };
  const now: PendingEntries = {
    count: pending.count + Number(there === undefined),
    entries: withItem(pending.entries, byNumber, numbered),
    byToken: withItem(pending.byToken, byToken, numbered),
    failed: (entry.error === undefined ? without : withItem)(pending.failed, byNumber, numbered),
  };
  const oldest = there === undefined && now.count > most ? firstOf(now.failed) : undefined;
  return oldest === undefined ? now : removed(now, oldest);
};

/** In the order in which they were sent. */
export const pendingOf = ({ entries }: PendingEntries): readonly Pending[] =>
  itemsOf(entries).map(({ entry }) => entry);

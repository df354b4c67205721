import { placeOf } from './binary-search.js';

/**
 * An immutable list in ascending order, in chunks, of which none is empty. A change copies the chunks that it touches
 * and the short list of chunks; the rest is shared with the list before. So a change of a long list costs little.
 */
export type SortedList<T extends object> = readonly (readonly T[])[];

/** The place of an item, or the one behind the last item. */
export interface ListPlace {
  readonly chunk: number;
  readonly index: number;
}

/** Negative if the first item comes first, 0 if both have the same place. */
type Compare<T> = (a: T, b: T) => number;

/** The most items of a chunk. */
const LONGEST = 128;

export const START: ListPlace = { chunk: 0, index: 0 };

/** The list of items that are in ascending order already. Long ones are split evenly: there is room for more. */
export const listOf = <T extends object>(items: readonly T[]): SortedList<T> => {
  if (items.length <= LONGEST) return items.length === 0 ? [] : [items];
  const count = Math.ceil((2 * items.length) / LONGEST);
  const startOf = (chunk: number): number => Math.floor((chunk * items.length) / count);
  return Array.from({ length: count }, (_, chunk) => items.slice(startOf(chunk), startOf(chunk + 1)));
};

export const lengthOf = <T extends object>(list: SortedList<T>): number =>
  list.reduce((sum, chunk) => sum + chunk.length, 0);

/** The items as an array. `flat` would take many times as long. */
export const itemsOf = <T extends object>(list: SortedList<T>): readonly T[] => {
  const none: readonly T[] = [];
  return none.concat(...list);
};

export const itemAt = <T extends object>(list: SortedList<T>, { chunk, index }: ListPlace): T | undefined =>
  list[chunk]?.[index];

export const firstOf = <T extends object>(list: SortedList<T>): T | undefined => list[0]?.[0];

export const lastOf = <T extends object>(list: SortedList<T>): T | undefined => list.at(-1)?.at(-1);

/** The place of the first item that does not come before, or the one behind the last item. O(log n). */
export const placeIn = <T extends object>(list: SortedList<T>, isBefore: (item: T) => boolean): ListPlace => {
  const chunk = placeOf(list, (items) => {
    const last = items.at(-1);
    return last !== undefined && isBefore(last);
  });
  return { chunk, index: placeOf(list[chunk] ?? [], isBefore) };
};

/** The place with so many items before it. */
export const placeAfter = <T extends object>(list: SortedList<T>, count: number): ListPlace => {
  let [chunk, index] = [0, count];
  for (let items = list[0]; items !== undefined && index >= items.length; items = list[chunk]) {
    index -= items.length;
    chunk += 1;
  }
  return { chunk, index: chunk < list.length ? index : 0 };
};

/** The items between two places. */
export const between = <T extends object>(list: SortedList<T>, start: ListPlace, end: ListPlace): readonly T[] =>
  start.chunk === end.chunk
    ? (list[start.chunk] ?? []).slice(start.index, end.index)
    : (list[start.chunk] ?? [])
        .slice(start.index)
        .concat(...list.slice(start.chunk + 1, end.chunk), (list[end.chunk] ?? []).slice(0, end.index));

/** A copy with these items instead of some others. It makes no other array. */
const copied = <T>(items: readonly T[], start: number, end: number, added: readonly T[]): readonly T[] => {
  if (start === items.length) return items.concat(added);
  if (start === 0 && added.length === 0) return items.slice(end);
  const copy = items.slice();
  const [only] = added;
  if (only !== undefined && added.length === 1 && end === start + 1) copy[start] = only;
  else copy.splice(start, end - start, ...added);
  return copy;
};

/** With these items instead of those between two places. They have to be in order there. */
export const spliced = <T extends object>(
  list: SortedList<T>,
  start: ListPlace,
  end: ListPlace,
  items: readonly T[],
): SortedList<T> => {
  // What comes behind the last item goes into the last chunk.
  const isBehind = start.chunk === list.length && start.chunk > 0;
  const first = isBehind ? start.chunk - 1 : start.chunk;
  const head = list[first] ?? [];
  const from = isBehind ? head.length : start.index;
  const changed =
    isBehind || start.chunk === end.chunk
      ? copied(head, from, isBehind ? from : end.index, items)
      : head.slice(0, from).concat(items, (list[end.chunk] ?? []).slice(end.index));
  return copied(list, first, Math.min(end.chunk + 1, list.length), listOf(changed));
};

/** With the item. It replaces one that has the same place. */
export const withItem = <T extends object>(list: SortedList<T>, compare: Compare<T>, item: T): SortedList<T> => {
  const place = placeIn(list, (other) => compare(other, item) < 0);
  const there = itemAt(list, place);
  const isThere = there !== undefined && compare(there, item) === 0;
  return spliced(list, place, isThere ? { ...place, index: place.index + 1 } : place, [item]);
};

/** Without the item that has this place. */
export const without = <T extends object>(list: SortedList<T>, compare: Compare<T>, item: T): SortedList<T> => {
  const place = placeIn(list, (other) => compare(other, item) < 0);
  const there = itemAt(list, place);
  return there !== undefined && compare(there, item) === 0
    ? spliced(list, place, { ...place, index: place.index + 1 }, [])
    : list;
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  START,
  between,
  firstOf,
  itemAt,
  lastOf,
  lengthOf,
  listOf,
  placeAfter,
  placeIn,
  spliced,
  withItem,
  without,
  type SortedList,
} from '../../streams/sorted-list.js';

interface Item {
  readonly key: number;
  readonly version: number;
}

const byKey = (a: Item, b: Item): number => a.key - b.key;
const place = (list: SortedList<Item>, key: number) => placeIn(list, (item) => item.key < key);

/** A change, and the same change of an array. */
type Change = readonly [(list: SortedList<Item>) => SortedList<Item>, (items: readonly Item[]) => readonly Item[]];

const key = fc.integer({ min: 0, max: 400 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc
    .record({ key, version: fc.nat() })
    .map((item): Change => [
      (list) => withItem(list, byKey, item),
      (items) => [...items.filter((other) => other.key !== item.key), item].sort(byKey),
    ]),
  key.map((own): Change => [
    (list) => without(list, byKey, { key: own, version: 0 }),
    (items) => items.filter((item) => item.key !== own),
  ]),
  fc
    .nat({ max: 9 })
    .map((count): Change => [
      (list) => spliced(list, START, placeAfter(list, count), []),
      (items) => items.slice(count),
    ]),
  fc.tuple(key, fc.integer({ min: 1, max: 150 })).map(([from, count]): Change => {
    const added = Array.from({ length: count }, (_, index) => ({ key: from + index, version: -1 }));
    return [
      (list) => spliced(list, place(list, from), place(list, from + count), added),
      (items) => [...items.filter((item) => item.key < from || item.key >= from + count), ...added].sort(byKey),
    ];
  }),
);

describe('a sorted list', () => {
  it('has the items of an array that is changed in the same way, in short chunks', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        let [list, items]: [SortedList<Item>, readonly Item[]] = [[], []];
        for (const [ofList, ofArray] of changes) {
          const [before, copy] = [list, list.flat()];
          [list, items] = [ofList(list), ofArray(items)];
          expect(list.flat()).toEqual(items);
          expect(lengthOf(list)).toBe(items.length);
          expect(list.every(({ length }) => length > 0 && length <= 128)).toBe(true);
          expect(before.flat()).toEqual(copy);
        }
        expect([firstOf(list), lastOf(list)]).toEqual([items[0], items.at(-1)]);
      }),
    );
  });

  it('finds places by a comparison and by a number, and what is between them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 300 }), key, key, (keys, a, b) => {
        const items = keys.sort((one, other) => one - other).map((own) => ({ key: own, version: 0 }));
        const list = listOf(items);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const within = items.filter((item) => item.key >= low && item.key < high);
        expect(between(list, place(list, low), place(list, high))).toEqual(within);
        expect(itemAt(list, place(list, low))).toBe(items.find((item) => item.key >= low));
        expect(itemAt(list, placeAfter(list, low))).toBe(items[low]);
        expect(between(list, START, placeAfter(list, low))).toEqual(items.slice(0, low));
      }),
    );
  });

  it('shares all but a few items with the list before', () => {
    const items = Array.from({ length: 10_000 }, (_, own) => ({ key: 2 * own, version: 0 }));
    const list = listOf(items);
    const chunks = new Set(withItem(list, byKey, { key: 9_001, version: 0 }));
    const shared = list.filter((chunk) => chunks.has(chunk));
    expect(lengthOf(list) - lengthOf(shared)).toBeLessThanOrEqual(128);
  });
});

/** A sorted list in blocks is the same as an array that is sorted after each change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedList } from '../../server/domain/memory/sorted-list.js';

interface Item {
  readonly rank: number;
  readonly name: string;
}

const compare = (a: Item, b: Item): number => a.rank - b.rank;

/** So many items are added or removed one after the other: blocks are split, and become empty. */
const change = fc.record({
  isAdded: fc.boolean(),
  from: fc.nat(2_000),
  count: fc.constantFrom(1, 3, 300, 1_200),
  step: fc.constantFrom(-1, 0, 1, 7),
});

describe('a sorted list', () => {
  it('has what an array has that is sorted after each change, and equal items keep their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(2_000), { maxLength: 1_500 }),
        fc.array(change, { maxLength: 8 }),
        fc.nat(4_000),
        fc.nat(700),
        (ranks, changes, skip, count) => {
          const first = ranks.map((rank, index) => ({ rank, name: `first ${String(index)}` }));
          const list = sortedList(first, compare);
          let plain: readonly Item[] = first.toSorted(compare);
          for (const [index, { isAdded, from, count: changed, step }] of changes.entries())
            for (let turn = 0; turn < changed; turn += 1) {
              const item = { rank: from + turn * step, name: `${String(index)} ${String(turn)}` };
              if (isAdded) {
                list.add(item);
                const place = plain.findIndex((other) => other.rank > item.rank);
                plain = place < 0 ? [...plain, item] : plain.toSpliced(place, 0, item);
              } else {
                list.remove(item);
                const place = plain.findIndex((other) => other.rank === item.rank);
                if (place >= 0) plain = plain.toSpliced(place, 1);
              }
            }
          expect(list.page(0, Infinity)).toEqual(plain);
          expect(list.page(skip, count)).toEqual(plain.slice(skip, skip + count));
        },
      ),
      { numRuns: 30 },
    );
  });
});

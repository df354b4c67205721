/** Items by rank. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQueue, type Item } from '../../../streams/backpressure/queue.js';
import { ranking } from '../../../streams/backpressure/ranking.js';

/** Adds an item of a rank, or removes one of those that are there: the first one, or any. */
const step = fc.oneof(
  fc.record({ _tag: fc.constant('Add' as const), rank: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double()) }),
  fc.constant({ _tag: 'RemoveFirst' as const }),
  fc.record({ _tag: fc.constant('Remove' as const), which: fc.nat() }),
);

describe.each(['lowest first', 'highest first'] as const)('items by rank, the %s', (order) => {
  it('begin with the item that a sorted list begins with, whatever was added and removed', () => {
    const sign = order === 'lowest first' ? 1 : -1;
    const keyOf = ({ value }: Item<number>): number => (Number.isNaN(value) ? -Infinity : value) * sign;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = createQueue<number>();
        const { add, remove, first } = ranking<number>((value) => value, order);
        let plain: readonly Item<number>[] = [];
        const drop = (item: Item<number> | undefined): void => {
          if (item === undefined) return;
          remove(item);
          plain = plain.filter((other) => other !== item);
        };
        for (const one of steps) {
          if (one._tag === 'Add') {
            const item = queue.append(one.rank, 0);
            add(item);
            plain = [...plain, item];
          } else drop(one._tag === 'Remove' ? plain[one.which % Math.max(1, plain.length)] : plain[0]);
          // A stable sort without subtraction: infinite ranks have no difference.
          plain = plain.toSorted((a, b) => Number(keyOf(a) > keyOf(b)) - Number(keyOf(a) < keyOf(b)));
          expect(first()).toBe(plain[0]);
        }
      }),
    );
  });

  it('asks for the rank of each item once, and ignores an item that it does not have', () => {
    const asked: string[] = [];
    const { add, remove, first } = ranking<string>((value) => {
      asked.push(value);
      return value.length;
    }, order);
    const [here, other] = [createQueue<string>().append('here', 0), createQueue<string>().append('other', 0)];
    add(here);
    remove(other);
    expect(first()).toBe(here);
    remove(here);
    remove(here);
    expect(first()).toBeUndefined();
    expect(asked).toEqual(['here']);
  });
});

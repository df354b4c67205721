import fc from 'fast-check';
import { expect, it } from 'vitest';
import { several } from '../../server/domain/several.js';

const step = fc.record({
  does: fc.constantFrom<'add' | 'delete'>('add', 'delete'),
  key: fc.constantFrom('a', 'b', 'c'),
  value: fc.integer({ min: 0, max: 3 }),
});

it('has the values of each key as sets would have them, in their order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const values = several<string, number>();
      const model = new Map<string, Set<number>>();
      for (const { does, key, value } of steps) {
        values[does](key, value);
        const own = model.get(key) ?? new Set();
        own[does](value);
        if (own.size > 0) model.set(key, own);
        else model.delete(key);
        expect([...values.keys()].sort()).toEqual([...model.keys()].sort());
        expect(values.size()).toBe(model.size);
        for (const each of ['a', 'b', 'c']) {
          expect(values.of(each)).toEqual([...(model.get(each) ?? [])]);
          expect(values.has(each)).toBe(model.has(each));
        }
      }
    }),
  );
});

it('calls with the values that a key has when it begins, though they may change meanwhile', () => {
  const values = several<string, number>();
  for (const value of [1, 2, 3]) values.add('key', value);
  const seen: number[] = [];
  values.each('key', (value) => {
    seen.push(value);
    values.delete('key', value);
    values.add('key', value + 10);
  });
  expect(seen).toEqual([1, 2, 3]);
  expect(values.of('key')).toEqual([11, 12, 13]);
});

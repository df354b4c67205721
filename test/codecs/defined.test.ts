import { expect, expectTypeOf, it } from 'vitest';
import { defined } from '../../codecs/defined.js';

const maybe = (value: string | undefined): string | undefined => value;

it('leaves out only the keys without a value', () => {
  const object = defined({ a: 0, b: '', c: null, d: false, e: maybe(undefined), f: maybe('f') });
  expect(object).toStrictEqual({ a: 0, b: '', c: null, d: false, f: 'f' });
  expect(Object.keys(object)).toEqual(['a', 'b', 'c', 'd', 'f']);
});

it('has a type that says which keys may be absent, and that no value is undefined', () => {
  const object = defined({ id: 'x', name: maybe('y') });
  expectTypeOf(object.id).toEqualTypeOf<string>();
  expectTypeOf(object).toExtend<{ readonly id: string; readonly name?: string }>();
  expectTypeOf<{ id: string; name?: string }>().toExtend<typeof object>();
  expectTypeOf(object).not.toExtend<{ readonly name: string }>();
});

it('does not copy the prototype', () => {
  const poisoned = JSON.parse('{"a":1,"__proto__":{"polluted":1}}') as { a: number };
  expect(defined(poisoned)).toStrictEqual({ a: 1 });
  expect(Object.getPrototypeOf(defined(poisoned))).toBe(Object.prototype);
});

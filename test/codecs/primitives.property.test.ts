import fc from 'fast-check';
import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import { Bytes, Int32, SafeInteger } from 'rx-realtime/codecs';
import { describe, expect, test } from 'vitest';
import { arbitraryOf } from './arbitrary-of.js';

describe('a scalar is read as it was written', () => {
  const law = <A>(codec: t.Type<A>) => {
    fc.assert(
      fc.property(arbitraryOf(codec), (value) => {
        expect(codec.decode(codec.encode(value))).toEqual(E.right(value));
      }),
    );
  };
  test('Int32', () => law(Int32));
  test('SafeInteger', () => law(SafeInteger));
  test('Bytes', () => law(Bytes));
});

describe('a number that the wire would change is refused', () => {
  test.each([0.5, 2 ** 31, -(2 ** 31) - 1, NaN, Infinity, '1', null])('Int32 %s', (value) => {
    expect(Int32.is(value)).toBe(false);
    expect(E.isLeft(Int32.decode(value))).toBe(true);
  });
  test.each([0.5, 2 ** 53, -(2 ** 53), NaN, Infinity, '1', 1n])('SafeInteger %s', (value) => {
    expect(SafeInteger.is(value)).toBe(false);
    expect(E.isLeft(SafeInteger.decode(value))).toBe(true);
  });
});

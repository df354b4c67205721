import fc from 'fast-check';
import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import { Bytes, Int32, SafeInteger } from 'rx-realtime/codecs';
import { describe, expect, it, test } from 'vitest';
import { fromBase64, toBase64 } from '../../codecs/base64.js';
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

describe('a number that does not fit the wire is refused', () => {
  test.each([0.5, 2 ** 31, -(2 ** 31) - 1, NaN, Infinity, '1', null])('Int32 %s', (value) => {
    expect(Int32.is(value)).toBe(false);
    expect(E.isLeft(Int32.decode(value))).toBe(true);
  });
  test.each([0.5, 2 ** 53, -(2 ** 53), NaN, Infinity, '1', 1n])('SafeInteger %s', (value) => {
    expect(SafeInteger.is(value)).toBe(false);
    expect(E.isLeft(SafeInteger.decode(value))).toBe(true);
  });
});

describe('base64', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(E.right(bytes));
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(fromBase64(Buffer.from(bytes).toString('base64url'))).toEqual(E.right(bytes));
      }),
    );
  });

  it.each(['A', '=', 'AA==AA', 'AAA=====', 'A A=', 'é', '\ud83d'])('refuses %j', (text) => {
    expect(fromBase64(text)).toMatchObject(E.left({ _tag: 'DecodeFailed', expected: 'base64' }));
  });
});

/** JSON is read without the keys that reach a prototype. A library that does the same decides what is right. */
import fc from 'fast-check';
import { either as E } from 'fp-ts';
import { parseJson } from 'rx-realtime/codecs';
import secureJson from 'secure-json-parse';
import { expect, it } from 'vitest';

const names = ['__proto__', 'constructor', 'prototype', 'a', '_proto__', 'Constructor'];

/** A key as it may stand in JSON text: each letter as it is, or escaped with small or large digits. */
const key = fc
  .tuple(fc.constantFrom(...names), fc.array(fc.constantFrom('', 'x', 'X'), { minLength: 12, maxLength: 12 }))
  .map(([name, escapes]) =>
    Array.from(name, (letter, index) => {
      const digits = letter.charCodeAt(0).toString(16);
      const escape = escapes[index] ?? '';
      return escape === '' ? letter : `\\u00${escape === 'x' ? digits : digits.toUpperCase()}`;
    }).join(''),
  );

const space = fc.constantFrom('', ' ', '\n\t');

const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom('null', '1', '"a"', '"\\"__proto__\\":"', '""'),
    fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(key, space, tie('json')), { maxLength: 3 })
      .map((entries) => `{${entries.map(([name, gap, value]) => `"${name}"${gap}:${value}`).join(',')}}`),
  ),
}));

/** A value as text that shows its own keys, `__proto__` included. */
const shown = (value: unknown): string => JSON.stringify(value);

it('parseJson gives what secure-json-parse gives', () => {
  fc.assert(
    fc.property(fc.constantFrom('', '\ufeff'), json, (mark, text) => {
      const expected: unknown = secureJson(mark + text, { protoAction: 'remove', constructorAction: 'remove' });
      expect(shown(E.getOrElse((): unknown => 'refused')(parseJson(mark + text)))).toBe(shown(expected));
    }),
    { numRuns: 500 },
  );
});

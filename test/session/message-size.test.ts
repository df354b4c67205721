import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Length } from '../../src/client/sending/message-size.js';

describe('the size of a text', () => {
  it('is what it has on the wire, also with halves of surrogate pairs', () => {
    const { property, string, assert } = fc;
    assert(
      property(
        string({ unit: 'binary' }),
        fc.array(fc.constantFrom('\ud83d', '\ude00', 'é', '鼠', 'a')),
        (text, halves) => {
          const all = text + halves.join('');
          expect(utf8Length(all)).toBe(new TextEncoder().encode(all).length);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import * as io from 'io-ts';
import { describe, expect, it } from 'vitest';
import { record } from '../../codecs/record.js';
import * as own from '../../codecs/type.js';

/** A codec of whole numbers that are texts on the wire. */
const Digits = new io.Type<number, string>(
  'Digits',
  io.number.is,
  (input, context) =>
    typeof input === 'string' && /^\d+$/.test(input) ? io.success(Number(input)) : io.failure(input, context),
  String,
);

type Library = typeof own | typeof io;

/** The same codec, made with each library. Parts of a codec may come from the other library. */
const made: Readonly<Record<string, (t: Library, other: Library) => io.Mixed>> = {
  string: (t) => t.string,
  number: (t) => t.number,
  boolean: (t) => t.boolean,
  unknown: (t) => t.unknown,
  'the literal 1': (t) => t.literal(1),
  'a literal with a name': (t) => t.literal('a', 'A'),
  keyof: (t) => t.keyof({ a: null, 1: null }),
  'keyof with a name': (t) => t.keyof({ a: null }, 'Letter'),
  'a list': (t) => t.array(t.string),
  'a list of lists': (t, other) => t.array(other.array(t.number), 'Lists'),
  'a list with two forms': (t) => t.array(Digits),
  'a list that is only read': (t, other) => t.readonlyArray(other.string),
  'a list that is only read, with two forms': (t) => t.readonlyArray(Digits, 'AllDigits'),
  'a union': (t, other) => t.union([other.string, t.number, t.array(Digits)], 'Either'),
  'a union with two forms': (t) => t.union([t.boolean, Digits], 'FlagOrDigits'),
  'a codec behind another': (t, other) => t.string.pipe(other.string.pipe(Digits, 'Inner')),
  'a codec of three functions': (t) => new t.Type('Text', t.string.is, t.string.validate, t.identity),
};

const inputs = fc.oneof(
  fc.constantFrom<unknown>('a', '1', 'toString', 1, 0, true, null, undefined, [], ['1', '22'], ['1', 'x', 2], [[1], 2]),
  fc.anything({ maxDepth: 2 }),
  fc.array(fc.oneof(fc.string(), fc.integer(), fc.integer().map(String))),
  fc.array(fc.array(fc.oneof(fc.integer(), fc.string()))),
);

/** What a decode says, with names instead of codecs. */
const told = (codec: io.Mixed, input: unknown): unknown => {
  const result = codec.decode(input);
  return result._tag === 'Right'
    ? result
    : result.left.map(({ value, context, message }) => ({
        value,
        message,
        context: context.map(({ key, type: { name }, actual }) => ({ key, name, actual })),
      }));
};

describe.each(Object.entries(made))('%s', (_, make) => {
  const [ours, theirs] = [make(own, io), make(io, own)];

  it('has the name and the tag that io-ts gives it', () => {
    expect(ours.name).toBe(theirs.name);
    expect({ ...ours }).toMatchObject('_tag' in theirs ? { _tag: theirs._tag } : {});
  });

  it('accepts, decodes and refuses what io-ts does, with the same errors', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(ours.is(input)).toBe(theirs.is(input));
        expect(told(ours, input)).toEqual(told(theirs, input));
      }),
    );
  });

  it('encodes as io-ts does', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        fc.pre(ours.is(input));
        expect(ours.encode(input)).toEqual(theirs.encode(input));
      }),
    );
  });
});

it('is decoder and encoder at once', () => {
  expect(own.string.asDecoder()).toBe(own.string);
  expect(own.string.asEncoder()).toBe(own.string);
});

const many = Array<string>(200_000).fill('x');
it.each<[string, io.Mixed, unknown]>([
  ['a list in a list', own.array(own.array(own.number)), [many]],
  ['a list in a union', own.union([own.array(own.number), own.number], 'Numbers'), many],
  ['a list in a record', record('Numbers', { all: own.array(own.number) }, {}), { all: many }],
])('refuses %s with more errors than a call has arguments', (_, codec, input) => {
  expect(codec.decode(input)._tag).toBe('Left');
});

/**
 * Values for property tests, derived from the codecs themselves, so that a new codec is tested as soon as it is listed.
 */
import fc from 'fast-check';
import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import { Bytes, Int32, parseJson, SafeInteger, type Json } from 'rx-realtime/codecs';
import { RecordType } from '../../codecs/record.js';
import { boolean, string } from '../../codecs/type.js';

/** Text that UTF-8 can encode. */
export const wellFormedText = fc.string({ unit: 'binary', maxLength: 40 });

/** JSON as a parse returns it: no `-0`, and no key that the parser removes. */
export const json: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) => parseJson(JSON.stringify(value)))
  .map(E.getOrElse<unknown, Json>(() => null));

const leaves = new Map<t.Mixed, fc.Arbitrary<unknown>>([
  [string, wellFormedText],
  [boolean, fc.boolean()],
  [Int32, fc.integer()],
  [SafeInteger, fc.maxSafeInteger()],
  [Bytes, fc.uint8Array({ maxLength: 40 })],
]);

const isA = <C extends { readonly _tag: string }>(codec: object, tag: C['_tag']): codec is C =>
  '_tag' in codec && codec._tag === tag;

const arbitrary = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  if (codec instanceof RecordType) {
    const { required, optional }: { readonly required: t.Props; readonly optional: t.Props } = codec;
    const fields = Object.entries({ ...required, ...optional }).map(([key, field]) => [key, arbitrary(field)] as const);
    return fc.record(Object.fromEntries(fields), { requiredKeys: Object.keys(required), noNullPrototype: true });
  }
  if (isA<t.LiteralC<string>>(codec, 'LiteralType')) {
    const value: unknown = codec.value;
    return fc.constant(value);
  }
  if (isA<t.UnionC<[t.Mixed, t.Mixed]>>(codec, 'UnionType')) {
    const parts: readonly t.Mixed[] = codec.types;
    return fc.oneof(...parts.map(arbitrary));
  }
  // The wire has no empty lists: they are absent.
  if (isA<t.ArrayC<t.Mixed>>(codec, 'ArrayType')) {
    const item: t.Mixed = codec.type;
    return fc.array(arbitrary(item), { minLength: 1, maxLength: 4 });
  }
  const leaf = leaves.get(codec);
  if (leaf === undefined) throw new Error(`no values are known for ${codec.name}`);
  return leaf;
};

/** Arbitrary values of a codec of the wire. */
export const arbitraryOf = <C extends t.Mixed>(codec: C): fc.Arbitrary<t.TypeOf<C>> =>
  arbitrary(codec).filter((value): value is t.TypeOf<C> => codec.is(value));

/** The scalar codecs and combinators that every other codec is made of. */
import * as t from 'io-ts';

const isInt32 = (input: unknown): input is number => typeof input === 'number' && (input | 0) === input;

/** A 32-bit integer of the wire: a larger number would be cut off when written. */
export const Int32: t.Type<number> = new t.Type(
  'Int32',
  isInt32,
  (input, context) => (isInt32(input) ? t.success(input) : t.failure(input, context)),
  t.identity,
);

/** A 64-bit integer of the wire as a plain number: refused beyond ±(2^53 - 1), where a number would lie. */
export const SafeInteger: t.Type<number> = new t.Type(
  'SafeInteger',
  Number.isSafeInteger as t.Is<number>,
  (input, context) => (Number.isSafeInteger(input) ? t.success(input as number) : t.failure(input, context)),
  t.identity,
);

/** Bytes of the wire. */
export const Bytes: t.Type<Uint8Array> = new t.Type(
  'Bytes',
  (input): input is Uint8Array => input instanceof Uint8Array,
  (input, context) => (input instanceof Uint8Array ? t.success(input) : t.failure(input, context)),
  t.identity,
);

/** An object with required and optional keys; other keys, an own `__proto__` among them, don't pass a decode. */
export const record = <R extends t.Props, O extends t.Props>(
  name: string,
  required: R,
  optional: O,
): t.ExactC<t.IntersectionC<[t.TypeC<R>, t.PartialC<O>]>> => t.exact(t.intersection([t.type(required), t.partial(optional)]), name);

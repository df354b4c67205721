/** The scalars of the wire, and what they are made with. */
import * as t from 'io-ts';

/** The codec of what a guard accepts: the same on both sides. */
export const guarded = <A>(name: string, is: t.Is<A>): t.Type<A> =>
  new t.Type(name, is, (input, context) => (is(input) ? t.success(input) : t.failure(input, context)), t.identity);

/** A 32-bit integer of the wire: a larger number would be cut off when written. */
export const Int32: t.Type<number> = guarded(
  'Int32',
  (input): input is number => typeof input === 'number' && (input | 0) === input,
);

/** A 64-bit integer of the wire as a plain number: refused beyond ±(2^53 - 1), where a number would lie. */
export const SafeInteger: t.Type<number> = guarded('SafeInteger', (input): input is number =>
  Number.isSafeInteger(input),
);

/** Bytes of the wire. */
export const Bytes: t.Type<Uint8Array> = guarded('Bytes', (input) => input instanceof Uint8Array);

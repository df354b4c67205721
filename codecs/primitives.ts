/** The scalar types of the wire, and the function that makes them. */
import * as t from 'io-ts';

/** Makes a codec from a guard. Both sides of the codec have the same form. */
export const guarded = <A>(name: string, is: t.Is<A>): t.Type<A> =>
  new t.Type(name, is, (input, context) => (is(input) ? t.success(input) : t.failure(input, context)), t.identity);

/** A 32-bit integer on the wire. A larger number would be truncated when written. */
export const Int32: t.Type<number> = guarded(
  'Int32',
  (input): input is number => typeof input === 'number' && (input | 0) === input,
);

/**
 * A 64-bit integer on the wire, as a plain number. Numbers beyond ±(2^53 - 1) are refused because they would lose
 * precision.
 */
export const SafeInteger: t.Type<number> = guarded('SafeInteger', (input): input is number =>
  Number.isSafeInteger(input),
);

/** Bytes on the wire. */
export const Bytes: t.Type<Uint8Array> = guarded('Bytes', (input) => input instanceof Uint8Array);

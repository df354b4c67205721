/** The scalar types of the wire. */
import type * as t from 'io-ts';
import { guarded } from './type.js';

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

/** The codec of a custom message, of whatever library, and what its refusals mean. */
import type * as t from 'io-ts';
import { decodeFailed, DecodeFailed, preview, short } from '../decode-failed.js';

/** What a decode gives: the value, or why there is none. The `Either` of fp-ts has this shape. */
export type Decoded<A> = { readonly _tag: 'Right'; readonly right: A } | { readonly _tag: 'Left'; readonly left: unknown };

/**
 * Reads and writes the fields of a custom message. A codec of io-ts is one as it is; without io-ts, three functions are:
 *
 * @example
 * const Point: MessageCodec<{ x: number }> = {
 *   is: (input): input is { x: number } => typeof input === 'object' && input !== null && 'x' in input && typeof input.x === 'number',
 *   decode: (input) => (Point.is(input) ? { _tag: 'Right', right: input } : { _tag: 'Left', left: 'x should be a number' }),
 *   encode: (value) => ({ x: value.x }),
 * };
 */
export interface MessageCodec<A> {
  /** Whether this is a value that can be encoded. */
  is(input: unknown): input is A;
  /** From a JSON object; keys that begin with `_lc` are not in it. */
  decode(input: unknown): Decoded<A>;
  /** To a JSON object with keys that don't begin with `_lc`. */
  encode(value: A): unknown;
}

const isRecord = (input: unknown): input is Readonly<Record<string, unknown>> => typeof input === 'object' && input !== null;

const isStep = (input: unknown): boolean =>
  isRecord(input) && typeof input['key'] === 'string' && isRecord(input['type']) && typeof input['type']['name'] === 'string';

/** By their shape: the io-ts that made them need not be the one here. */
const isErrors = (input: unknown): input is t.Errors =>
  Array.isArray(input) &&
  input.length > 0 &&
  input.every((error: unknown) => isRecord(error) && Array.isArray(error['context']) && error['context'].every(isStep));

/** What a codec gives as its reason, as a `DecodeFailed`: io-ts's errors keep the path and what was expected there, a text is kept. */
export const refusedBy = (name: string, reason: unknown, input: unknown): DecodeFailed => {
  if (reason instanceof DecodeFailed) return reason;
  if (isErrors(reason)) return decodeFailed(reason);
  const words = reason instanceof Error ? reason.message : reason;
  const told = typeof words === 'string' ? words : preview(words);
  return new DecodeFailed('', short(words === undefined ? name : `${name}: ${told}`), preview(input));
};

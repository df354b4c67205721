/** Codecs of whatever library, and what their refusals mean. */
import type * as t from 'io-ts';
import { decodeFailed, DecodeFailed, preview, short } from './decode-failed.js';

/** What a decode gives: the value, or why there is none. The `Either` of fp-ts has this shape. */
export type Decoded<A> =
  { readonly _tag: 'Right'; readonly right: A } | { readonly _tag: 'Left'; readonly left: unknown };

/**
 * Reads and writes values of one type. A codec of io-ts is one as it is; without io-ts, three functions are:
 *
 * @example
 * const isPoint = (input: unknown): input is Point =>
 *   typeof input === 'object' && input !== null && 'x' in input && typeof input.x === 'number';
 * const Point: Codec<Point> = {
 *   is: isPoint,
 *   decode: (input) =>
 *     isPoint(input) ? { _tag: 'Right', right: input } : { _tag: 'Left', left: 'x should be a number' },
 *   encode: ({ x }) => ({ x }),
 * };
 */
export interface Codec<A> {
  /** Whether this is a value that can be encoded. */
  is(input: unknown): input is A;
  /** From JSON. */
  decode(input: unknown): Decoded<A>;
  /** To JSON. */
  encode(value: A): unknown;
}

/** The values of a codec. */
export type ValueOf<C> = C extends Codec<infer A> ? A : never;

/** A codec of io-ts as any other: its type says what its values are, and nothing of what it is made of. */
export const codecOf = <A>(codec: t.Type<A, unknown>): Codec<A> => codec;

const isRecord = (input: unknown): input is Readonly<Record<string, unknown>> =>
  typeof input === 'object' && input !== null;

const isStep = (input: unknown): boolean =>
  isRecord(input) &&
  typeof input['key'] === 'string' &&
  isRecord(input['type']) &&
  typeof input['type']['name'] === 'string';

/** By their shape: the io-ts that made them need not be the one here. */
const isErrors = (input: unknown): input is t.Errors =>
  Array.isArray(input) &&
  input.length > 0 &&
  input.every((error: unknown) => isRecord(error) && Array.isArray(error['context']) && error['context'].every(isStep));

/**
 * What a codec gives as its reason, as a `DecodeFailed`: io-ts's errors keep the path and what was expected there, a
 * text is kept.
 */
export const refusedBy = (name: string, reason: unknown, input: unknown): DecodeFailed => {
  if (reason instanceof DecodeFailed) return reason;
  if (isErrors(reason)) return decodeFailed(reason);
  const words = reason instanceof Error ? reason.message : reason;
  const told = typeof words === 'string' ? words : preview(words);
  return new DecodeFailed('', short(words === undefined ? name : `${name}: ${told}`), preview(input));
};

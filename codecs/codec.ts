/** Codecs of any library, and the meaning of their failures. */
import type * as t from 'io-ts';
import { decodeFailed, DecodeFailed, preview, short } from './decode-failed.js';

/** The result of a decode: the value, or the reason why there is none. It has the shape of fp-ts's `Either`. */
export type Decoded<A> =
  { readonly _tag: 'Right'; readonly right: A } | { readonly _tag: 'Left'; readonly left: unknown };

/**
 * Reads and writes values of one type. An io-ts codec can be used unchanged. Without io-ts, three functions are
 * enough:
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
  /** Whether this value can be encoded. */
  is(input: unknown): input is A;
  /** Decodes from JSON. */
  decode(input: unknown): Decoded<A>;
  /** Encodes to JSON. */
  encode(value: A): unknown;
}

/** The type of the values of a codec. */
export type ValueOf<C> = C extends Codec<infer A> ? A : never;

/** An io-ts codec as a `Codec`: the type shows its values but not its parts. */
export const codecOf = <A>(codec: t.Type<A, unknown>): Codec<A> => codec;

const isRecord = (input: unknown): input is Readonly<Record<string, unknown>> =>
  typeof input === 'object' && input !== null;

const isStep = (input: unknown): boolean =>
  isRecord(input) &&
  typeof input['key'] === 'string' &&
  isRecord(input['type']) &&
  typeof input['type']['name'] === 'string';

/** Checks the shape, because the errors may come from another copy of io-ts. */
const isErrors = (input: unknown): input is t.Errors =>
  Array.isArray(input) &&
  input.length > 0 &&
  input.every((error: unknown) => isRecord(error) && Array.isArray(error['context']) && error['context'].every(isStep));

/**
 * Turns the reason that a codec gives into a `DecodeFailed`. It keeps the path and the expected type of io-ts's
 * errors; it keeps a text as it is.
 */
export const refusedBy = (name: string, reason: unknown, input: unknown): DecodeFailed => {
  if (reason instanceof DecodeFailed) return reason;
  if (isErrors(reason)) return decodeFailed(reason);
  const words = reason instanceof Error ? reason.message : reason;
  const told = typeof words === 'string' ? words : preview(words);
  return new DecodeFailed('', short(words === undefined ? name : `${name}: ${told}`), preview(input));
};

import type { Context, Errors } from 'io-ts';
import { IntersectionType, UnionType } from 'io-ts';

/** How much of a rejected value an error shows, in characters. */
const PREVIEW_LENGTH = 120;

/**
 * A value from outside that does not have the shape the protocol gives it.
 *
 * Holds the path to the offending part, what was expected there, and a preview of at most 120 characters:
 * never the input itself, so that keeping the error keeps nothing else alive.
 *
 * @example
 * if (error._tag === 'DecodeFailed') console.warn(error.path, error.expected, error.preview);
 */
export class DecodeFailed extends Error {
  readonly _tag = 'DecodeFailed';
  override readonly name = 'DecodeFailed';

  constructor(
    /** Where: keys joined with dots, `frame` for a frame that is no protobuf at all. */
    readonly path: string,
    /** The name of the codec that refused. */
    readonly expected: string,
    /** A short rendering of what was there instead. */
    readonly preview: string,
  ) {
    super(`${path === '' ? 'value' : path} should be ${expected}, but is ${preview}`);
  }
}

/** A short rendering of anything, as a new string: slices of a large one would keep all of it in memory. */
export const preview = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return (
        JSON.stringify(value.slice(0, PREVIEW_LENGTH - 22)) +
        (value.length > PREVIEW_LENGTH - 22 ? `… (${String(value.length)} chars)` : '')
      );
    case 'object': {
      if (value === null) return 'null';
      if (value instanceof Uint8Array) {
        const head = Array.from(value.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
        return `${String(value.length)} bytes ${head}${value.length > 16 ? ' …' : ''}`;
      }
      if (Array.isArray(value)) return `an array of ${String(value.length)}`;
      const keys = Object.keys(value);
      const shown = keys.slice(0, 5).map((key) => JSON.stringify(key.slice(0, 16)));
      return `an object with ${shown.length === 0 ? 'no keys' : shown.join(', ')}${keys.length > 5 ? ', …' : ''}`.slice(0, PREVIEW_LENGTH);
    }
    case 'function':
      return 'a function';
    default:
      return String(value).slice(0, PREVIEW_LENGTH);
  }
};

/** Steps that io-ts inserts for the parts of an intersection or a union say nothing to a reader. */
const isStructural = (context: Context, index: number): boolean => {
  const parent: unknown = context[index - 1]?.type;
  return parent instanceof IntersectionType || parent instanceof UnionType;
};

/** The first of io-ts's errors, without the input that they all hold. */
export const decodeFailed = (errors: Errors): DecodeFailed => {
  const first = errors[0];
  const context = first?.context ?? [];
  const path = context
    .filter((entry, index) => entry.key !== '' && !isStructural(context, index))
    .map(({ key }) => key)
    .join('.');
  const last = context.at(-1);
  return new DecodeFailed(path, first?.message ?? last?.type.name ?? 'something else', preview(first?.value));
};

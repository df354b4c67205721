import type * as t from 'io-ts';

/** How many characters of a rejected value an error shows. The other parts of the error have the same limit. */
const MAX_LENGTH = 120;

/**
 * Returns at most `length` characters as an independent string. A slice of a long string would keep the whole string
 * in memory; joining single characters makes a new string.
 */
export const short = (text: string, length = MAX_LENGTH): string =>
  text.length <= length ? Array.from(text).join('') : `${Array.from(text.slice(0, length - 1)).join('')}…`;

/**
 * A value from outside that does not have the shape that the protocol requires.
 *
 * Holds the path to the wrong part, the expected type, and a preview, each of at most 120 characters. It never holds
 * the input itself, so an error that is kept does not keep the input in memory. For the same reason, its stack is
 * only its message.
 *
 * @example
 * if (error._tag === 'DecodeFailed') console.warn(error.path, error.expected, error.preview);
 */
export class DecodeFailed extends Error {
  readonly _tag = 'DecodeFailed';
  override readonly name = 'DecodeFailed';

  constructor(
    /**
     * The path: keys and indices joined with dots. It is empty for the whole value, and `frame` for a frame that is
     * not protobuf.
     */
    readonly path: string,
    /** The name of the codec that rejected the value. */
    readonly expected: string,
    /** A short preview of the value that was found. */
    readonly preview: string,
  ) {
    super(`${path === '' ? 'value' : path} should be ${expected}, but is ${preview}`);
    // V8's stack references the functions that were running and, through their closures, the input. It would only
    // show how codecs work internally.
    this.stack = `${this.name}: ${this.message}`;
  }
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

const render = (value: unknown): string => {
  if (typeof value === 'string') {
    const [shown, length] = [value.slice(0, MAX_LENGTH - 24), value.length];
    return shown.length === length
      ? JSON.stringify(shown)
      : `${short(JSON.stringify(shown), MAX_LENGTH - 20)} (${String(length)} chars)`;
  }
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${String(value.length)}`;
  if (value instanceof Uint8Array) {
    return `${String(value.length)} bytes ${Array.from(value.subarray(0, 16), hex).join(' ')}${value.length > 16 ? ' …' : ''}`;
  }
  const keys = Object.keys(value);
  const shown = keys.slice(0, 5).map((key) => JSON.stringify(short(key, 16)));
  return `an object with ${shown.length === 0 ? 'no keys' : shown.join(', ')}${keys.length > 5 ? ', …' : ''}`;
};

/** A short preview of any value, as a new string of at most 120 characters. */
export const preview = (value: unknown): string => short(render(value));

/**
 * Whether a codec, inside its refinements, has parts for which io-ts adds a step to the path. It checks the tag,
 * because the codec may come from another copy of io-ts.
 */
const hasParts = (codec: unknown): boolean => {
  if (typeof codec !== 'object' || codec === null || !('_tag' in codec)) return false;
  const tag = String(codec._tag);
  if (/^(Intersection|Union)Type$/.test(tag)) return true;
  return /^(Exact|Readonly|Refinement|Recursive)Type$/.test(tag) && 'type' in codec && hasParts(codec.type);
};

/** The first of io-ts's errors, without the input that all of them reference. */
export const decodeFailed = (errors: t.Errors): DecodeFailed => {
  const first = errors[0];
  const context = first?.context ?? [];
  const path = context
    // The numbers of the parts of an intersection or a union mean nothing to a reader.
    .filter(({ key }, index) => key !== '' && !hasParts(context[index - 1]?.type))
    .map(({ key }) => short(key, 32))
    .join('.');
  return new DecodeFailed(
    short(path),
    short(first?.message ?? context.at(-1)?.type.name ?? 'something else'),
    preview(first?.value),
  );
};

import type * as t from 'io-ts';

/** How much of a rejected value an error shows, in characters; also the bound of its other parts. */
const MAX_LENGTH = 120;

/**
 * At most so many characters, as a string of its own: a slice of a long string would keep all of it in memory.
 * Joining single characters is what makes it one.
 */
export const short = (text: string, length = MAX_LENGTH): string =>
  text.length <= length ? Array.from(text).join('') : `${Array.from(text.slice(0, length - 1)).join('')}…`;

/**
 * A value from outside that does not have the shape the protocol gives it.
 *
 * Holds the path to the offending part, what was expected there, and a preview, each of at most 120 characters: never
 * the input itself, so that keeping the error keeps nothing else alive. Its stack is its message alone, for the same
 * reason.
 *
 * @example
 * if (error._tag === 'DecodeFailed') console.warn(error.path, error.expected, error.preview);
 */
export class DecodeFailed extends Error {
  readonly _tag = 'DecodeFailed';
  override readonly name = 'DecodeFailed';

  constructor(
    /**
     * Where: keys and indices joined with dots, empty for the value as a whole, `frame` for a frame that is no
     * protobuf at all.
     */
    readonly path: string,
    /** The name of the codec that refused. */
    readonly expected: string,
    /** A short rendering of what was there instead. */
    readonly preview: string,
  ) {
    super(`${path === '' ? 'value' : path} should be ${expected}, but is ${preview}`);
    // V8's stack holds the functions that were running, and through what they close over, the input. It would only
    // show how codecs work.
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

/** A short rendering of anything, as a new string of at most 120 characters. */
export const preview = (value: unknown): string => short(render(value));

/**
 * Whether a codec, inside its refinements, is made of parts for which io-ts inserts a step into the path.
 * It goes by the tag: the codec may come from another copy of io-ts.
 */
const hasParts = (codec: unknown): boolean => {
  if (typeof codec !== 'object' || codec === null || !('_tag' in codec)) return false;
  const tag = String(codec._tag);
  if (/^(Intersection|Union)Type$/.test(tag)) return true;
  return /^(Exact|Readonly|Refinement|Recursive)Type$/.test(tag) && 'type' in codec && hasParts(codec.type);
};

/** The first of io-ts's errors, without the input that they all hold. */
export const decodeFailed = (errors: t.Errors): DecodeFailed => {
  const first = errors[0];
  const context = first?.context ?? [];
  const path = context
    // Numbers of the parts of an intersection or a union say nothing to a reader.
    .filter(({ key }, index) => key !== '' && !hasParts(context[index - 1]?.type))
    .map(({ key }) => short(key, 32))
    .join('.');
  return new DecodeFailed(
    short(path),
    short(first?.message ?? context.at(-1)?.type.name ?? 'something else'),
    preview(first?.value),
  );
};

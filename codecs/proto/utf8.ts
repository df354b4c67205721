/** Decodes UTF-8. */

/** Texts shorter than this are decoded faster here than by a decoder, or by Node's buffers. */
const SHORT = 64;
const SHORT_FOR_NODE = 12;

/**
 * The decoder of the platform, which replaces invalid UTF-8. It is made when it is first needed, because some
 * platforms have none.
 */
let decoder: TextDecoder | undefined;

/** Works on every platform. Throws if the bytes are not valid UTF-8. */
const byUri = (bytes: Uint8Array): string =>
  decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));

/** The method of Node's buffers that is faster than a decoder. */
interface Sliceable {
  readonly utf8Slice?: (start: number, end: number) => string;
}

/** Decodes the text between two positions. Invalid UTF-8 is replaced, or refused on a platform without a decoder. */
export const readText = (bytes: Uint8Array & Sliceable, start: number, end: number): string => {
  const { utf8Slice } = bytes;
  if (end - start < (utf8Slice === undefined ? SHORT : SHORT_FOR_NODE)) {
    let text = '';
    let at = start;
    // A call with eight characters costs hardly more than a call with one.
    for (; at + 7 < end; at += 8) {
      const a = bytes[at] ?? 0;
      const b = bytes[at + 1] ?? 0;
      const c = bytes[at + 2] ?? 0;
      const d = bytes[at + 3] ?? 0;
      const e = bytes[at + 4] ?? 0;
      const f = bytes[at + 5] ?? 0;
      const g = bytes[at + 6] ?? 0;
      const h = bytes[at + 7] ?? 0;
      if ((a | b | c | d | e | f | g | h) > 127) break;
      text += String.fromCharCode(a, b, c, d, e, f, g, h);
    }
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte > 127) break;
      text += String.fromCharCode(byte);
    }
    if (at === end) return text;
  }
  if (utf8Slice !== undefined) return utf8Slice.call(bytes, start, end);
  const part = bytes.subarray(start, end);
  if (decoder === undefined && typeof TextDecoder !== 'undefined')
    decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return decoder === undefined ? byUri(part) : decoder.decode(part);
};

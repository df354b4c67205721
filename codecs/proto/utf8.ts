/** UTF-8 to text. */

/** Shorter text is read faster here than by the platform. */
const SHORT = 12;

let decoder: TextDecoder | undefined;

/** The platform's decoder, which replaces what is no UTF-8; made when it is first needed, since some platforms have none. */
const byPlatform = (bytes: Uint8Array): string => (decoder ??= new TextDecoder('utf-8', { ignoreBOM: true })).decode(bytes);

/** What every platform has; throws where the bytes are no UTF-8. */
const byUri = (bytes: Uint8Array): string =>
  decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));

/** What Node's buffers can do, faster than a decoder. */
interface Sliceable {
  utf8Slice(start: number, end: number): string;
}
const isSliceable = (bytes: object): bytes is Sliceable => 'utf8Slice' in bytes;

/** The text between two positions; bytes that are no UTF-8 are replaced. */
export const readText = (bytes: Uint8Array, start: number, end: number): string => {
  if (end - start < SHORT) {
    let text = '';
    let at = start;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte > 127) break;
      text += String.fromCharCode(byte);
    }
    if (at === end) return text;
  }
  if (isSliceable(bytes)) return bytes.utf8Slice(start, end);
  const part = bytes.subarray(start, end);
  return typeof TextDecoder === 'undefined' ? byUri(part) : byPlatform(part);
};

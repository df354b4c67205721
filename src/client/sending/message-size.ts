/** The size of a message, and its limit. */
import type { WireBody } from '../../../codecs/index.js';

/** The protocol's limit for one message, in bytes. Push data counts as part of the message. */
export const MAX_BYTES = 5 * 1_024;

/** The number of bytes of a text in UTF-8. Not every platform has a `TextEncoder`. */
export const utf8Length = (text: string): number => {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4;
  }
  return bytes;
};

/** The number of bytes of a body on the wire. */
export const byteLength = ({ msg = '', binaryMsg }: WireBody): number => binaryMsg?.length ?? utf8Length(msg);

/** The size of a message, and its limit. */
import type { WireBody } from '../../../codecs/index.js';

/** The protocol's limit for one message, in bytes. Push data counts as part of the message. */
export const MAX_BYTES = 5 * 1_024;

/** The number of bytes of a text in UTF-8. Not every platform has a `TextEncoder`. */
export const utf8Length = (text: string): number => {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.codePointAt(index) ?? 0;
    // A surrogate without its other half is written as U+FFFD, in three bytes.
    if (code >= 0x80) bytes += code < 0x8_00 ? 1 : 2;
    if (code >= 0x1_00_00) index += 1;
  }
  return bytes;
};

/** The number of bytes of a body on the wire. */
export const byteLength = ({ msg = '', binaryMsg }: WireBody): number => binaryMsg?.length ?? utf8Length(msg);

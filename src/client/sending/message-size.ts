/** The size of a message, and its limit. */
import type { WireBody } from '../../../codecs/index.js';

/** The protocol's limit for one message, in bytes. Push data counts as part of the message. */
export const MAX_BYTES = 5 * 1_024;

/** The number of bytes of a text in UTF-8. */
export const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

/** The number of bytes of a body on the wire. */
export const byteLength = ({ msg = '', binaryMsg }: WireBody): number => binaryMsg?.length ?? utf8Length(msg);

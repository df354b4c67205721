/** How large a message is, and may be. */
import type { WireBody } from '../../../codecs/index.js';

/** The protocol's bound for one message, push data included, in bytes. */
export const MAX_BYTES = 5 * 1_024;

/** The bytes of a text in UTF-8. */
export const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

/** The bytes of a body on the wire. */
export const byteLength = ({ msg = '', binaryMsg }: WireBody): number => binaryMsg?.length ?? utf8Length(msg);

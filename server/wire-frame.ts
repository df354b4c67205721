/** Commands as a socket writes them. */
import { toBase64 } from '../codecs/base64.js';
import type { ServerCommand, Subprotocol } from '../codecs/index.js';
import { serialiseWire } from '../codecs/wire.js';

/**
 * What is written to a connection: a whole binary frame of a WebSocket with its header, in one buffer, or the text of
 * a text frame.
 */
export type WireFrame = Buffer | string;

/** The first byte of a frame: the only one of its message (128), with bytes (2). */
const WHOLE_BINARY = 0x82;
/** A length from here on has two bytes of its own, and from `LONG` on eight (RFC 6455, 5.2). */
const MEDIUM = 126;
const LONG = 65_536;

/** Both parts in one binary frame. `second` has its bytes as characters. A server masks nothing. */
export const binaryFrame = (first: Uint8Array, second = ''): Buffer => {
  const length = first.length + second.length;
  const header = length < MEDIUM ? 2 : length < LONG ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = WHOLE_BINARY;
  frame[1] = length < MEDIUM ? length : length < LONG ? MEDIUM : MEDIUM + 1;
  if (header === 4) frame.writeUInt16BE(length, 2);
  else if (header === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.set(first, header);
  // It is short: a loop is quicker than a call of Node.
  const rest = header + first.length;
  for (let index = 0; index < second.length; index += 1) frame[rest + index] = second.charCodeAt(index);
  return frame;
};

/** A command as one frame. */
export const wireFrame = (command: ServerCommand, { encoding }: Subprotocol): WireFrame => {
  const bytes = serialiseWire(command);
  return encoding === 'binary' ? binaryFrame(bytes) : toBase64(bytes);
};

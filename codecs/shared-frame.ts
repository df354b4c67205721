/** One command for many receivers, encoded once. */
import { toBase64 } from './base64.js';
import type { Subprotocol } from './frame.js';
import type { ServerCommand } from './server-commands/index.js';
import { serialiseAddressee, serialiseWire } from './wire.js';

/** A command as frames for many receivers. */
export interface SharedFrame {
  /** The length of the part that all frames share. */
  readonly bytes: number;
  /** The frame for the receiver with this client id. */
  to(peerId: string, subprotocol: Subprotocol): Uint8Array | string;
}

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
};

/**
 * Encodes a command once for all its receivers. The command has no client id: each frame consists of the shared bytes
 * followed by the client id of its receiver.
 *
 * @example
 * const frame = sharedFrame({ cmd: 'conv', op: 'joined', convMessage: { cid } });
 * for (const { socket, id } of receivers) socket.send(frame.to(id, subprotocols.binary));
 */
export const sharedFrame = (command: ServerCommand): SharedFrame => {
  const bytes = serialiseWire(command);
  // Base64 encodes three bytes at a time. So the text of whole groups of three is the same for every receiver, and
  // the remaining bytes are encoded together with the client id.
  const whole = bytes.length - (bytes.length % 3);
  let text: string | undefined;
  return {
    bytes: bytes.length,
    to: (peerId, { encoding }) => {
      const addressee = serialiseAddressee(peerId);
      if (encoding === 'binary') return joined(bytes, addressee);
      text ??= toBase64(bytes.subarray(0, whole));
      return text + toBase64(joined(bytes.subarray(whole), addressee));
    },
  };
};

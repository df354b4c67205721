/** One command for many receivers, encoded once. */
import { toBase64 } from '../codecs/base64.js';
import type { ServerCommand, Subprotocol } from '../codecs/index.js';
import { serialiseAddressee, serialiseWire } from '../codecs/wire.js';
import { binaryFrame, type WireFrame } from './wire-frame.js';

/** A command as frames for many receivers. */
export interface SharedFrame {
  /** The length of the part that all frames share. */
  readonly bytes: number;
  /** The frame for a receiver, whose client id was encoded by `addresseeText`. */
  to(addressee: string, subprotocol: Subprotocol): WireFrame;
}

/**
 * A client id as the last part of a command: its bytes, each as a character. Each socket keeps one, and a text takes
 * much less memory than an array of bytes.
 */
export const addresseeText = (clientId: string): string => Buffer.from(serialiseAddressee(clientId)).toString('latin1');

/**
 * Encodes a command once for all its receivers. The command has no client id: each frame consists of the shared bytes
 * followed by the client id of its receiver.
 */
export const sharedFrame = (command: ServerCommand): SharedFrame => {
  const bytes = serialiseWire(command);
  // Base64 encodes three bytes at a time. So the text of whole groups of three is the same for every receiver, and
  // the remaining bytes are encoded together with the client id.
  const whole = bytes.length - (bytes.length % 3);
  let text: string | undefined;
  return {
    bytes: bytes.length,
    to: (addressee, { encoding }) => {
      if (encoding === 'binary') return binaryFrame(bytes, addressee);
      text ??= toBase64(bytes.subarray(0, whole));
      return text + toBase64(Buffer.concat([bytes.subarray(whole), Buffer.from(addressee, 'latin1')]));
    },
  };
};

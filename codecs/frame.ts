/** Converts between commands and frames of both subprotocols: binary, and base64 text. */
import type * as t from 'io-ts';
import { isLeft, left, mapLeft, right, type Either } from './either.js';
import { fromBase64, toBase64 } from './base64.js';
import type { ClientCommand } from './client-commands/index.js';
import { DecodeFailed, decodeFailed, preview } from './decode-failed.js';
import type { ServerCommand } from './server-commands/index.js';
import { parseWire, serialiseWire } from './wire.js';

/** The data that a socket delivers: text for base64, anything else for binary. */
export type Frame = string | ArrayBuffer | Uint8Array;

/** How a subprotocol writes frames. Frames of both kinds can be read with any subprotocol. */
export interface Subprotocol {
  /** The name that the client offers and the server selects in the handshake. */
  readonly name: string;
  readonly encoding: 'binary' | 'base64';
  /** What the server pushes after a login about missed messages: their number (3), or the messages themselves (1). */
  readonly version: 1 | 3;
}

/** A command of a client or of a server. */
export type Command = ClientCommand | ServerCommand;

/** The subprotocols (protocol: `lc.<format>.<version>`). */
export const subprotocols = {
  binary: { name: 'lc.protobuf2.3', encoding: 'binary', version: 3 },
  base64: { name: 'lc.proto2base64.3', encoding: 'base64', version: 3 },
  binaryOffline: { name: 'lc.protobuf2.1', encoding: 'binary', version: 1 },
  base64Offline: { name: 'lc.proto2base64.1', encoding: 'base64', version: 1 },
} as const satisfies Record<string, Subprotocol>;

const parseBytes = (bytes: Uint8Array): Either<DecodeFailed, unknown> => {
  try {
    return right(parseWire(bytes));
  } catch {
    return left(new DecodeFailed('frame', 'a GenericCommand in protobuf', preview(bytes)));
  }
};

/** The bytes of a frame. */
const bytesOf = (frame: Frame): Either<DecodeFailed, Uint8Array> => {
  if (typeof frame !== 'string') return right(frame instanceof Uint8Array ? frame : new Uint8Array(frame));
  return mapLeft(fromBase64(frame), ({ expected, preview }) => new DecodeFailed('frame', expected, preview));
};

/**
 * Reads frames with the codec of one direction. `fast` reads a frequent frame at less cost; `undefined` means that it
 * is another frame.
 */
export const decodeWith =
  <A>(codec: t.Type<A, unknown>, fast?: (bytes: Uint8Array) => A | undefined) =>
  (frame: Frame): Either<DecodeFailed, A> => {
    const bytes = bytesOf(frame);
    if (isLeft(bytes)) return bytes;
    const known = fast?.(bytes.right);
    if (known !== undefined) return right(known);
    const wire = parseBytes(bytes.right);
    if (isLeft(wire)) return wire;
    // The guard is several times cheaper than a decode. A decode is needed only to drop unknown keys, to explain a
    // failure, or to name an unsupported command.
    return codec.is(wire.right) ? right(wire.right) : mapLeft(codec.decode(wire.right), decodeFailed);
  };

/**
 * Writes a command as one frame. The frame always contains `cmd`, and never an empty list.
 *
 * @example
 * socket.send(encodeFrame({ cmd: 'echo', i: 1 }, subprotocols.binary));
 */
export const encodeFrame = (command: Command, { encoding }: Subprotocol): Uint8Array | string => {
  const bytes = serialiseWire(command);
  return encoding === 'binary' ? bytes : toBase64(bytes);
};

/** Frames of both subprotocols, binary and base64 text, to and from commands. */
import { either as E, function as F } from 'fp-ts';
import type * as t from 'io-ts';
import { ClientCommand, ServerCommand, type UnsupportedCommand } from './commands/index.js';
import { DecodeFailed, decodeFailed, preview } from './decode-failed.js';
import { base64, parseWire, serialiseWire } from './wire.js';

/** What a socket hands over: text for base64, anything else for binary. */
export type Frame = string | ArrayBuffer | Uint8Array;

/** How a subprotocol writes frames; reading takes either kind. */
export interface Subprotocol {
  readonly name: string;
  readonly encoding: 'binary' | 'base64';
}

/** The subprotocols of version 3, by name (protocol: `lc.<format>.<version>`). */
export const subprotocols = {
  binary: { name: 'lc.protobuf2.3', encoding: 'binary' },
  base64: { name: 'lc.proto2base64.3', encoding: 'base64' },
} as const satisfies Record<string, Subprotocol>;

const bytesOf = (frame: Frame): Uint8Array => {
  if (typeof frame === 'string') return base64.toBytes(frame);
  return frame instanceof Uint8Array ? frame : new Uint8Array(frame);
};

const decodeWith =
  <A>(codec: t.Type<A, unknown>) =>
  (frame: Frame): E.Either<DecodeFailed, A> => {
    let wire: unknown;
    try {
      wire = parseWire(bytesOf(frame));
    } catch {
      return E.left(
        new DecodeFailed('frame', 'a GenericCommand in protobuf', preview(frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame)),
      );
    }
    // The guard is several times cheaper than a decode, which is only needed to explain a failure or to name an unsupported command.
    return codec.is(wire) ? E.right(wire) : F.pipe(codec.decode(wire), E.mapLeft(decodeFailed));
  };

/**
 * Reads a frame that a server sent: text as base64, anything else as protobuf. Never throws.
 *
 * @example
 * socket.onmessage = ({ data }) => pipe(decodeServerFrame(data), E.match(report, handle));
 */
export const decodeServerFrame: (frame: Frame) => E.Either<DecodeFailed, ServerCommand | UnsupportedCommand> = decodeWith(ServerCommand);

/** Reads a frame that a client sent. Never throws. */
export const decodeClientFrame: (frame: Frame) => E.Either<DecodeFailed, ClientCommand | UnsupportedCommand> = decodeWith(ClientCommand);

/** Writes a command as one frame; `cmd` is always present in it. */
export const encodeFrame = (command: ClientCommand | ServerCommand, { encoding }: Subprotocol): Uint8Array | string => {
  const bytes = serialiseWire(command);
  return encoding === 'binary' ? bytes : base64.toText(bytes);
};

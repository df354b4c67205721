/** Frames of both subprotocols, binary and base64 text, to and from commands. */
import type * as t from 'io-ts';
import { isLeft, left, mapLeft, right, type Either } from './either.js';
import { fromBase64, toBase64 } from './base64.js';
import { ClientCommand, ServerCommand, type UnsupportedCommand } from './commands/index.js';
import { DecodeFailed, decodeFailed, preview } from './decode-failed.js';
import { parseWire, serialiseAddressee, serialiseWire } from './wire.js';

/** What a socket hands over: text for base64, anything else for binary. */
export type Frame = string | ArrayBuffer | Uint8Array;

/** How a subprotocol writes frames; reading takes either kind. */
export interface Subprotocol {
  /** What the handshake offers and selects. */
  readonly name: string;
  readonly encoding: 'binary' | 'base64';
  /** What a login brings of messages that were missed: their counts (3), or themselves (1). */
  readonly version: 1 | 3;
}

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

const parseFrame = (frame: Frame): Either<DecodeFailed, unknown> => {
  if (typeof frame !== 'string') return parseBytes(frame instanceof Uint8Array ? frame : new Uint8Array(frame));
  const bytes = fromBase64(frame);
  return isLeft(bytes) ? left(new DecodeFailed('frame', bytes.left.expected, bytes.left.preview)) : parseBytes(bytes.right);
};

const decodeWith =
  <A>(codec: t.Type<A, unknown>) =>
  (frame: Frame): Either<DecodeFailed, A> => {
    const wire = parseFrame(frame);
    if (isLeft(wire)) return wire;
    // The guard is several times cheaper than a decode, which is only needed to drop what the codec doesn't know, to explain a failure,
    // or to name an unsupported command.
    return codec.is(wire.right) ? right(wire.right) : mapLeft(codec.decode(wire.right), decodeFailed);
  };

/**
 * Reads a frame that a server sent: text as base64, anything else as protobuf. Never throws; the result holds nothing of the frame.
 *
 * @example
 * const command = decodeServerFrame(data);
 * if (command._tag === 'Right') handle(command.right);
 * else report(command.left);
 */
export const decodeServerFrame: (frame: Frame) => Either<DecodeFailed, ServerCommand | UnsupportedCommand> =
  /* @__PURE__ */ decodeWith(ServerCommand);

/**
 * Reads a frame that a client sent: text as base64, anything else as protobuf. Never throws; the result holds nothing of the frame.
 *
 * @example
 * const command = decodeClientFrame(data);
 * if (command._tag === 'Right') handle(command.right);
 * else refuse(command.left);
 */
export const decodeClientFrame: (frame: Frame) => Either<DecodeFailed, ClientCommand | UnsupportedCommand> =
  /* @__PURE__ */ decodeWith(ClientCommand);

/**
 * Writes a command as one frame; `cmd` is always present in it, an empty list never is.
 *
 * @example
 * socket.send(encodeFrame({ cmd: 'echo', i: 1 }, subprotocols.binary));
 */
export const encodeFrame = (command: ClientCommand | ServerCommand, { encoding }: Subprotocol): Uint8Array | string => {
  const bytes = serialiseWire(command);
  return encoding === 'binary' ? bytes : toBase64(bytes);
};

/** A command as frames for many receivers. */
export interface SharedFrame {
  /** How long what they have in common is. */
  readonly bytes: number;
  /** The frame for the one with this client id. */
  to(peerId: string, subprotocol: Subprotocol): Uint8Array | string;
}

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
};

/**
 * Encodes a command once for all of its receivers: a client id, which the command has not, is put behind the bytes that they have in common.
 *
 * @example
 * const frame = sharedFrame({ cmd: 'conv', op: 'joined', convMessage: { cid } });
 * for (const { socket, id } of receivers) socket.send(frame.to(id, subprotocols.binary));
 */
export const sharedFrame = (command: ServerCommand): SharedFrame => {
  const bytes = serialiseWire(command);
  // Base64 writes three bytes at a time: whole threes are the same text for everybody, and what is over is written with the client id.
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

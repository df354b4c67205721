import type { either as E } from 'fp-ts';
import { ClientCommand } from './client-commands/index.js';
import type { UnsupportedCommand } from './commands/envelope.js';
import type { DecodeFailed } from './decode-failed.js';
import { decodeWith, type Frame } from './frame.js';

/**
 * Reads a frame that a client sent: text as base64, anything else as protobuf. Never throws; the result holds nothing of the frame.
 *
 * @example
 * socket.on('message', (data) => pipe(decodeClientFrame(data), E.match(refuse, handle)));
 */
export const decodeClientFrame: (frame: Frame) => E.Either<DecodeFailed, ClientCommand | UnsupportedCommand> = decodeWith(ClientCommand);

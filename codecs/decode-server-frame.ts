import type { either as E } from 'fp-ts';
import type { UnsupportedCommand } from './commands/envelope.js';
import type { DecodeFailed } from './decode-failed.js';
import { decodeWith, type Frame } from './frame.js';
import { ServerCommand } from './server-commands/index.js';

/**
 * Reads a frame that a server sent: text as base64, anything else as protobuf. Never throws; the result holds nothing of the frame.
 *
 * @example
 * socket.onmessage = ({ data }) => pipe(decodeServerFrame(data), E.match(report, handle));
 */
export const decodeServerFrame: (frame: Frame) => E.Either<DecodeFailed, ServerCommand | UnsupportedCommand> = decodeWith(ServerCommand);

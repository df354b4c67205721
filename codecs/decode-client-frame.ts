import type { Either } from './either.js';
import { ClientCommand } from './client-commands/index.js';
import type { UnsupportedCommand } from './commands/envelope.js';
import type { DecodeFailed } from './decode-failed.js';
import { decodeWith, type Frame } from './frame.js';

/**
 * Reads a frame that a client sent: text as base64, anything else as protobuf. Never throws. The result does not
 * reference the frame.
 *
 * @example
 * const command = decodeClientFrame(data);
 * if (command._tag === 'Right') handle(command.right);
 * else refuse(command.left);
 */
export const decodeClientFrame: (frame: Frame) => Either<DecodeFailed, ClientCommand | UnsupportedCommand> =
  decodeWith(ClientCommand);

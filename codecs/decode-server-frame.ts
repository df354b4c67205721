import type { Either } from './either.js';
import type { UnsupportedCommand } from './commands/envelope.js';
import type { DecodeFailed } from './decode-failed.js';
import { decodeWith, type Frame } from './frame.js';
import { readDirectPush } from './proto/direct-push.js';
import { ServerCommand } from './server-commands/index.js';

/**
 * Reads a frame that a server sent: text as base64, anything else as protobuf. Never throws. The result does not
 * reference the frame.
 *
 * @example
 * const command = decodeServerFrame(data);
 * if (command._tag === 'Right') handle(command.right);
 * else report(command.left);
 */
export const decodeServerFrame: (frame: Frame) => Either<DecodeFailed, ServerCommand | UnsupportedCommand> = decodeWith<
  ServerCommand | UnsupportedCommand
>(ServerCommand, readDirectPush);

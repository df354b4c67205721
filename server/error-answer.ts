/** The answer to a command that was not carried out. */
import type { ClientCommand, DecodeFailed, ServerCommand, UnsupportedCommand } from '../codecs/index.js';
import { addresseeOf, addresseeOfFrame } from './addressee.js';
import { Refusal, refusalAnswer } from './domain/refusal.js';

/** The code of an error of the server. */
export const INTERNAL = 4200;
/** "Unparseable raw message". */
export const UNREADABLE = 4114;

/** A refusal of a command with its code; any other error as an error of the server. */
export const errorAnswer = (error: unknown, cmd?: ClientCommand['cmd']): ServerCommand =>
  error instanceof Refusal
    ? refusalAnswer(error, cmd)
    : refusalAnswer(new Refusal(INTERNAL, 'the server could not carry the command out; try again'));

/** The answer to a frame whose protobuf, or a field of whose command, does not follow the protocol. */
export const unreadableAnswer = ({ message }: DecodeFailed, bytes: Buffer, isBinary: boolean): ServerCommand => ({
  ...errorAnswer(new Refusal(UNREADABLE, message)),
  ...addresseeOfFrame(bytes, isBinary),
});

/**
 * The answer to a command that this server does not serve. The protocol's table has no code for this. 4105 and 4114
 * would be wrong: the command is readable, and the client may be logged in.
 */
export const unsupportedAnswer = (command: UnsupportedCommand): ServerCommand => ({
  ...errorAnswer(new Refusal(INTERNAL, `this server does not serve ${command.kind}`)),
  ...addresseeOf(command),
});

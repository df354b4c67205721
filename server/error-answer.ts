/** The answer to a command that was not carried out. */
import type { ClientCommand, ServerCommand } from '../codecs/index.js';
import { Refusal, refusalAnswer } from './domain/refusal.js';

/** The code of an error of the server. */
export const INTERNAL = 4200;

/** A refusal of a command with its code; any other error as an error of the server. */
export const errorAnswer = (error: unknown, cmd?: ClientCommand['cmd']): ServerCommand =>
  error instanceof Refusal
    ? refusalAnswer(error, cmd)
    : refusalAnswer(new Refusal(INTERNAL, 'the server could not carry the command out; try again'));

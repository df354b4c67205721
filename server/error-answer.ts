/** The answer to a command that was not carried out. */
import type { ServerCommand } from '../codecs/index.js';
import { Refusal, refusalAnswer } from './domain/refusal.js';

/** The code of an error of the server. */
export const INTERNAL = 4200;

/** A refusal with its code; any other error as an error of the server. */
export const errorAnswer = (error: unknown): ServerCommand =>
  refusalAnswer(
    error instanceof Refusal ? error : new Refusal(INTERNAL, 'the server could not carry the command out; try again'),
  );

/** The regular expressions of `$regex`. Which engine runs them, who reads a `where` says. */
import type { either as E } from 'fp-ts';

export interface RegexFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** A compiled expression. */
export interface Regex {
  /** How many steps it takes for each character of a text, at most. */
  readonly size: number;
  readonly isFoundIn: (text: string) => boolean;
}

/** Compiles an expression; or says, for people, what is wrong with it. */
export type CompileRegex = (source: string, flags: RegexFlags) => E.Either<string, Regex>;

/** The regular expressions of `$regex`. The reader of a `where` chooses the engine. */
import type { either as E } from 'fp-ts';

export interface RegexFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** A compiled expression. */
export interface Regex {
  /** The most steps that it takes for each character of a text. */
  readonly size: number;
  readonly isFoundIn: (text: string) => boolean;
}

/** Compiles an expression. The error is a text for people. */
export type CompileRegex = (source: string, flags: RegexFlags) => E.Either<string, Regex>;

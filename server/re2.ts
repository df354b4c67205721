/**
 * Regular expressions whose time is linear in the text: what a client sends must not be able to keep the server busy,
 * as JavaScript's own would.
 */
import { either as E } from 'fp-ts';
import { RE2JS } from 're2js';
import type { CompileRegex } from './domain/query/regex.js';

/** By RE2, whose syntax has no lookarounds and no backreferences. */
export const compileRe2: CompileRegex = (source, { ignoreCase, multiline, dotAll }) =>
  E.tryCatch(
    () => {
      const options =
        (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (multiline ? RE2JS.MULTILINE : 0) | (dotAll ? RE2JS.DOTALL : 0);
      const expression = RE2JS.compile(source, options);
      return {
        size: expression.programSize(),
        // Not by its `test`, which makes an automaton as it goes: of an expression that is made for it, that has a
        // state for each character, each as large as the expression, and takes ten times as long.
        isFoundIn: (text) => expression.matcher(text).find(),
      };
    },
    (error) =>
      `it should be in RE2 syntax, which has no lookarounds and no backreferences: ${E.toError(error).message}`,
  );

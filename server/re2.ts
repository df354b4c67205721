/**
 * Regular expressions whose time is linear in the text. With JavaScript's own engine, a client could send an
 * expression that keeps the server busy.
 */
import { either as E } from 'fp-ts';
import { RE2JS } from 're2js';
import type { CompileRegex } from './domain/query/regex.js';

/** Compiles with RE2, whose syntax has no lookarounds and no backreferences. */
export const compileRe2: CompileRegex = (source, { ignoreCase, multiline, dotAll }) =>
  E.tryCatch(
    () => {
      const options =
        (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (multiline ? RE2JS.MULTILINE : 0) | (dotAll ? RE2JS.DOTALL : 0);
      const expression = RE2JS.compile(source, options);
      return {
        size: expression.programSize(),
        // Not `test`: it builds an automaton while it runs. For a malicious expression the automaton has one state
        // per character, each as large as the expression, and takes ten times as long.
        isFoundIn: (text) => expression.matcher(text).find(),
      };
    },
    (error) =>
      `it should be in RE2 syntax, which has no lookarounds and no backreferences: ${E.toError(error).message}`,
  );

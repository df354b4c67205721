/** The regular expressions of queries, by JavaScript's own engine: nobody attacks a test. */
import { either as E } from 'fp-ts';
import type { CompileRegex } from '../../server/domain/query/regex.js';

/** What stands between `\Q` and `\E` is meant literally, in RE2. */
const withoutQuotes = (source: string): string =>
  source.replace(/\\Q([\s\S]*?)(?:\\E|$)/g, (_, literal: string) => literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));

/** What JavaScript has and the real server's RE2 has not: lookarounds and backreferences. */
const FOREIGN = /\(\?<?[=!]|\\[1-9]|\\k</;

export const compileJavaScript: CompileRegex = (source, { ignoreCase, multiline, dotAll }) =>
  E.tryCatch(
    () => {
      const plain = withoutQuotes(source);
      if (FOREIGN.test(plain)) throw new SyntaxError('it should be in RE2 syntax, which has no lookarounds and no backreferences');
      const expression = new RegExp(plain, `u${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${dotAll ? 's' : ''}`);
      return { size: 1, isFoundIn: (text) => expression.test(text) };
    },
    (error) => E.toError(error).message,
  );

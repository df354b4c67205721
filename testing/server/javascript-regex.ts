/** The regular expressions of queries, by JavaScript's own engine: nobody attacks a test. */
import { either as E } from 'fp-ts';
import type { CompileRegex } from '../../server/domain/query/regex.js';

export const compileJavaScript: CompileRegex = (source, { ignoreCase, multiline, dotAll }) =>
  E.tryCatch(
    () => {
      const expression = new RegExp(source, `u${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${dotAll ? 's' : ''}`);
      return { size: 1, isFoundIn: (text) => expression.test(text) };
    },
    (error) => E.toError(error).message,
  );

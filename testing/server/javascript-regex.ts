/** The regular expressions of queries, with JavaScript's own engine: a test needs no protection against attacks. */
import { left, right } from '../../codecs/either.js';
import type { CompileRegex } from '../../server/domain/query/regex.js';

/** In RE2, the text between `\Q` and `\E` is literal. */
const withoutQuotes = (source: string): string =>
  source.replace(/\\Q([\s\S]*?)(?:\\E|$)/g, (_, literal: string) => literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));

/** Syntax of JavaScript that the real server's RE2 does not have: lookarounds and backreferences. */
const FOREIGN = /\(\?<?[=!]|\\[1-9]|\\k</;

export const compileJavaScript: CompileRegex = (source, { ignoreCase, multiline, dotAll }) => {
  const plain = withoutQuotes(source);
  if (FOREIGN.test(plain)) return left('it should be in RE2 syntax, which has no lookarounds and no backreferences');
  try {
    const expression = new RegExp(plain, `u${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${dotAll ? 's' : ''}`);
    return right({ size: 1, isFoundIn: (text) => expression.test(text) });
  } catch (thrown) {
    return left(thrown instanceof Error ? thrown.message : String(thrown));
  }
};

/**
 * Regular expressions whose time is linear in the text. With JavaScript's own engine, a client could send an
 * expression that keeps the server busy.
 */
import { either as E } from 'fp-ts';
import { RE2JS } from 're2js';
import type { CompileRegex } from './domain/query/regex.js';

/** Text between \Q and \E, which is literal; or everything up to the next of it. */
const SECTION = /(\\Q[^]*?(?:\\E|$))|(?:\\(?!Q)[^]?|[^\\])+/g;
/** Two escaped halves of one character, or any other escape. */
const ESCAPE = /\\(?:u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|[^])/gi;

const hex = (digits: string): number => Number.parseInt(digits, 16);

/** RE2 looks at whole characters. */
const withWholeCharacters = (source: string): string =>
  source.replace(ESCAPE, (escape, high?: string, low?: string) =>
    high === undefined || low === undefined
      ? escape
      : `\\u{${String.fromCharCode(hex(high), hex(low)).codePointAt(0)?.toString(16) ?? ''}}`,
  );

/** The same expression in the syntax of RE2. Clients write that of JavaScript, such as `\u4e00`. */
const toRe2 = (source: string): string =>
  source.replace(SECTION, (section, literal?: string) =>
    literal === undefined ? RE2JS.translateRegExp(withWholeCharacters(section)) : section,
  );

/** Compiles with RE2, whose syntax has no lookarounds and no backreferences. */
export const compileRe2: CompileRegex = (source, { ignoreCase, multiline, dotAll }) =>
  E.tryCatch(
    () => {
      const options =
        (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (multiline ? RE2JS.MULTILINE : 0) | (dotAll ? RE2JS.DOTALL : 0);
      const expression = RE2JS.compile(toRe2(source), options);
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

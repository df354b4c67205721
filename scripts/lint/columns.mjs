/**
 * Limits the width of lines, comments included. Lines that can't be broken are allowed: those with a URL, and those
 * that are long because of a string, a template or a regular expression.
 */

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'layout',
    schema: [{ type: 'integer', minimum: 1 }],
    messages: { long: 'This line has {{length}} columns; {{max}} are allowed.' },
  },
  create: (context) => {
    const { sourceCode } = context;
    const [max = 120] = context.options;
    /** The number of columns of each line that are part of a literal. */
    const literal = new Map();
    const count = ({ loc: { start, end } }) => {
      for (let line = start.line; line <= end.line; line += 1) {
        const from = line === start.line ? start.column : 0;
        const to = line === end.line ? end.column : sourceCode.lines[line - 1].length;
        literal.set(line, Math.max(literal.get(line) ?? 0, to - from));
      }
    };
    return {
      Literal: (node) => {
        if (typeof node.value === 'string' || 'regex' in node) count(node);
      },
      TemplateLiteral: count,
      'Program:exit': () => {
        sourceCode.lines.forEach((text, index) => {
          const { length } = [...text];
          const line = index + 1;
          // A literal that takes half a line doesn't fit beside other code and can't be broken.
          if (length <= max || (literal.get(line) ?? 0) > max / 2 || /\bhttps?:\/\/\S/.test(text)) return;
          const loc = { start: { line, column: max }, end: { line, column: length } };
          context.report({ loc, messageId: 'long', data: { length: String(length), max: String(max) } });
        });
      },
    };
  },
};

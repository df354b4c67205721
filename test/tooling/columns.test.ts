/** The lint rule about the width of lines. */
import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import columns from '../../scripts/lint/columns.mjs';

const wide = 'x'.repeat(50);
const broken = (code: string): readonly string[] =>
  new Linter()
    .verify(code, { plugins: { own: { rules: { columns } } }, rules: { 'own/columns': ['error', 40] } })
    .map(({ line, message }) => `${String(line)}: ${message}`);

describe('the lint rule about the width of lines', () => {
  it.each([
    ['code', `const ${wide} = 1;`],
    ['a comment', `// ${wide}`],
    ['a comment of several lines', `/*\n${wide}\n */`],
    ['code with a short string', `const ${wide} = 'x';`],
  ])('refuses %s that is too wide', (_, code) => {
    expect(broken(code).map((problem) => problem.slice(3))).toEqual([
      expect.stringMatching(/^This line has \d+ columns; 40 are allowed\.$/),
    ]);
  });

  it.each([
    ['what is as wide as allowed', `// ${'x'.repeat(37)}`],
    ['a long string', `const a = '${wide}';`],
    ['a long template', `const a = \`${wide}\`;`],
    ['a long regular expression', `const a = /${wide}/;`],
    ['a URL', `// https://example.com/${wide}`],
  ])('lets %s through', (_, code) => {
    expect(broken(code)).toEqual([]);
  });

  it('names the line', () => {
    expect(broken(`const a = 1;\n// ${wide}`)).toEqual(['2: This line has 53 columns; 40 are allowed.']);
  });
});

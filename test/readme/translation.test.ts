/** How a translation that is older than its original is noticed. */
import { describe, expect, it } from 'vitest';
import { outdated } from '../../scripts/docs/translation.js';

const original = `# Title

Text with \`name\` and 1,000 of [it](page.md).

## Part

\`\`\`ts
run(); // a comment
# not a heading
\`\`\`

- one
- two

| a   | b   |
| --- | --- |
| c   | d   |
`;

const translation = original
  .replace('Title', '标题')
  .replace('Text with', '文字')
  .replace('(page.md)', '(../page.md)')
  .replace('a comment', '注释');

const change = (before: string, after: string): readonly string[] =>
  outdated(original, translation.replace(before, after));

describe('a translation', () => {
  it('may have other words, comments, and ways to the same pages', () => {
    expect(outdated(original, translation)).toEqual([]);
  });

  it.each([
    ['a section is missing', '## Part', 'Part', /1 headings, the original has 2/],
    ['a heading has another level', '## Part', '### Part', /another level/],
    ['code is other', 'run();', 'walk();', /other code in block 1/],
    ['a name is missing', '`name`', '名字', /does not name name/],
    ['a name is added', '文字', '文字 `other`', /names other/],
    ['a number is other', '1,000', '2,000', /does not have the numbers 1,000/],
    ['a link is missing', '[it](../page.md)', 'it', /0 links/],
    ['an item is missing', '- two\n', '', /1 items/],
    ['a row is missing', '| c   | d   |\n', '', /2 rows/],
  ])('is old if %s', (_, before, after, problem) => {
    expect(change(before, after).join('\n')).toMatch(problem);
  });
});

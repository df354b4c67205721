/** docs/features.md against the tests that it names. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

/** How many features the checklist has, by letter. */
const COUNTS = { S: 4, L: 6, M: 20, C: 20, R: 5, H: 2, N: 5, X: 3, P: 4 } as const;
const ids = Object.entries(COUNTS).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, index) => `${letter}${String(index + 1)}`),
);

const page = await readFile(new URL('docs/features.md', root), 'utf8');
const rows = [...page.matchAll(/^\| +([A-Z]\d+) +\| (.*?) +\| (.*?) *\|$/gm)].map(
  ([, id = '', api = '', file = '']) => ({
    id,
    api,
    file,
  }),
);
const done = rows.filter(({ api }) => api.trim() !== 'not yet');

/** The titles of the tests in a file. */
const titlesOf = async (file: string): Promise<readonly string[]> => {
  const source = await readFile(new URL(file, root), 'utf8');
  // `it('…'`, and what follows the table of an `it.each`.
  return [...source.matchAll(/(?:\b(?:it|test)|\))\(\s*(['"`])((?:(?!\1).)*)\1/g)].map(([, , title = '']) => title);
};

describe('docs/features.md', () => {
  it('has every feature of the checklist, once, in its order', () => {
    const order = ['S', 'L', 'M', 'C', 'R', 'H', 'N', 'X', 'P'];
    expect(rows.map(({ id }) => id)).toEqual(order.flatMap((letter) => ids.filter((id) => id.startsWith(letter))));
  });

  it.each(done)('names a test that shows $id', async ({ id, file }) => {
    expect(file).toMatch(/\.(?:test|spec)\.ts$/);
    const titles = await titlesOf(file);
    expect(titles.filter((title) => new RegExp(`\\b${id}\\b`).test(title))).not.toEqual([]);
  });
});

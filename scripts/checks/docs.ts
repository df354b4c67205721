/** Compares the diagrams in docs/ with the tests that draw them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pages } from '../docs/pages.js';
import { difference } from './difference.js';
import { cache, CheckFailed, root } from './tool.js';

/** Draws the diagrams again and compares the pages, or writes the pages. */
export const docs = async (update: boolean): Promise<string> => {
  const drawn = await pages();
  const changed = drawn.filter(({ before, after }) => before !== after);
  const count = `${drawn.reduce((sum, { diagrams }) => sum + diagrams, 0)} diagrams`;
  if (changed.length === 0) return `${count} as their tests draw them`;
  if (update) {
    for (const { path, after } of changed) writeFileSync(`${root}${path}`, after);
    return `${count}; updated: ${changed.map(({ path }) => path).join(', ')}`;
  }
  const diffs = await Promise.all(
    changed.map(({ path, after }) => {
      mkdirSync(dirname(`${cache}${path}`), { recursive: true });
      writeFileSync(`${cache}${path}`, after);
      return difference(path, `${cache}${path}`);
    }),
  );
  throw new CheckFailed(
    `${diffs.join('\n')}\nThe tests draw something else than docs/ shows: npm run docs, and read what has changed.`,
  );
};

/** Compares the pages in Chinese with their originals. */
import { readFileSync, readdirSync } from 'node:fs';
import { outdated } from '../docs/translation.js';
import { CheckFailed, root } from './tool.js';

const pagesIn = (folder: string): readonly string[] =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .sort();

/** Throws an error that lists what is other in an original than in its translation. */
export const translations = (): string => {
  const originals = pagesIn('docs').filter((path) => !path.startsWith('zh/'));
  const translated = pagesIn('docs/zh');
  const problems = [
    ...originals
      .filter((path) => !translated.includes(path))
      .map((path) => `docs/${path}: there is no docs/zh/${path}`),
    ...translated.flatMap((path) => {
      if (!originals.includes(path)) return [`docs/zh/${path}: there is no docs/${path}`];
      const [original = '', translation = ''] = [`docs/${path}`, `docs/zh/${path}`].map((each) =>
        readFileSync(`${root}${each}`, 'utf8'),
      );
      return outdated(original, translation).map((problem) => `docs/zh/${path}: ${problem}`);
    }),
  ];
  if (problems.length > 0)
    throw new CheckFailed(
      `${problems.join('\n')}\nPages in Chinese are older than their originals, or the other way round.`,
    );
  return `${String(translated.length)} pages, each in both languages`;
};

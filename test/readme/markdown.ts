/** What tests of the documentation need to know about Markdown. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A page: its path from the root of the project, and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

export const pageAt = (path: string): Page => ({ path, text: readFileSync(`${root}${path}`, 'utf8') });

/** The pages that are written for users: the READMEs, and everything in docs/. */
export const userPages = (): readonly Page[] =>
  [
    'README.md',
    'README.zh-CN.md',
    ...readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => `docs/${name}`),
  ].map(pageAt);

/** A block of TypeScript, and the file that it shows, if a comment before it names one. */
export interface Block {
  readonly language: 'ts' | 'tsx';
  readonly code: string;
  readonly shows?: string;
}

/** The blocks of TypeScript of a page, in order. */
export const blocksOf = ({ text }: Page): readonly Block[] =>
  [...text.matchAll(/(?:<!-- (\S+\.ts) -->\n+)?^```(tsx?)\n([\s\S]*?)^```$/gm)].map(
    ([, shows, language, code = '']) => ({
      language: language === 'tsx' ? 'tsx' : 'ts',
      code,
      ...(shows === undefined ? {} : { shows }),
    }),
  );

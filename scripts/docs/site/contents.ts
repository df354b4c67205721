/** The navigation of the site. It is that of docs/README.md, which GitHub shows, and of docs/zh/README.md. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { titleOf, withoutCode } from '../headings.js';
import { targetOf } from './places.js';

interface Item {
  readonly text: string;
  readonly link: string;
}

export interface Group {
  readonly text: string;
  readonly items: readonly Item[];
}

const LINK = /\[([^\]]*)\]\(([^)\s]+)\)/;

/** The first link of each row of a table, or of each step of a list. */
const linksOf = (section: string): readonly (readonly [label: string, link: string])[] =>
  [...section.matchAll(/^(?:\||\d+\.) .*$/gm)].flatMap(([line]) => {
    const [, label, link] = LINK.exec(line) ?? [];
    return label === undefined || link === undefined ? [] : [[label, link] as const];
  });

/** The sections of an index with the pages that they list. A label that is a file's name stands for its title. */
export const contentsOf = (root: string, index: string): readonly Group[] => {
  const [, ...sections] = withoutCode(readFileSync(`${root}${index}`, 'utf8')).split(/^## /m);
  return sections.map((section) => ({
    text: section.split('\n', 1)[0] ?? '',
    items: linksOf(section).flatMap(([label, link]) => {
      const target = targetOf(index, link);
      if (target._tag !== 'Page') return [];
      const path = posix.join(posix.dirname(index), link);
      return [
        { text: label.endsWith('.md') ? titleOf(readFileSync(`${root}${path}`, 'utf8')) : label, link: target.address },
      ];
    }),
  }));
};

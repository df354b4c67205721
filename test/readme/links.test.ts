/** Links of the documentation lead somewhere, and its pages keep to their bounds. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorOf, withoutCode } from '../../scripts/docs/headings.js';
import { pageAt, root, userPages } from './markdown.js';

const pages = [...userPages(), ...['CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md'].map(pageAt)];

const anchorsOf = (text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** The relative links of a page, as `file` and `anchor`. */
const linksOf = (
  text: string,
): readonly { readonly link: string; readonly file: string; readonly anchor: string | undefined }[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', anchor] = link.split('#');
      return { link, file, anchor };
    });

describe('the links of the documentation', () => {
  it.each(pages)('of $path lead to files and headings that exist', ({ path, text }) => {
    const broken = linksOf(text).filter(({ file, anchor }) => {
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(`${root}${target}`)) return true;
      return anchor !== undefined && !anchorsOf(pageAt(target).text).includes(anchor);
    });
    expect(broken.map(({ link }) => link)).toEqual([]);
  });

  it.each(pages)('can name each heading of $path, because no two headings of a page are the same', ({ path, text }) => {
    // A changelog has the same headings in each version.
    const anchors = path === 'CHANGELOG.md' ? [] : anchorsOf(text);
    expect(anchors.filter((anchor, index) => anchors.indexOf(anchor) !== index)).toEqual([]);
  });

  it.each(['docs/', 'docs/zh/'])('lead from %sREADME.md to every page of this language', (folder) => {
    const index = `${folder}README.md`;
    const listed = linksOf(pageAt(index).text).map(({ file }) => join(folder, file));
    const all = userPages().flatMap(({ path }) => (path.startsWith(folder) && path !== index ? path : []));
    const own = all.filter((path) => folder === 'docs/zh/' || !path.startsWith('docs/zh/'));
    expect(own.filter((path) => !listed.includes(path))).toEqual([]);
  });
});

describe('the pages of the documentation', () => {
  it.each(pages.filter(({ path }) => !path.startsWith('bench/')))(
    'keep the lines of $path under 120 columns, apart from tables and diagrams',
    ({ text }) => {
      const lines = text.replaceAll(/<!-- diagram: [\s\S]*?<!-- \/diagram -->/g, '').split('\n');
      expect(lines.filter((line) => !line.startsWith('|') && line.length >= 120)).toEqual([]);
    },
  );

  it.each(['README.md', 'README.zh-CN.md'].map(pageAt))('keep $path within 150 lines', ({ text }) => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });
});

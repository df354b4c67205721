/** Where pages of the repository are on the site. Paths begin at the root of the project, without a slash. */
import { posix } from 'node:path';

/** Pages outside of docs/ that the site has as well. */
const others: Readonly<Record<string, string>> = {
  'CONTRIBUTING.md': 'contributing.md',
  'CHANGELOG.md': 'changelog.md',
  'bench/README.md': 'benchmarks.md',
};

/** Pages whose content the site shows in another place. */
const elsewhere: Readonly<Record<string, string>> = { 'README.md': 'index.md', 'README.zh-CN.md': 'zh/index.md' };

/** The place of a page: `docs/guide/README.md` is `guide/index.md`. Undefined if the site has no such page. */
export const placeOf = (path: string): string | undefined => {
  if (Object.hasOwn(others, path)) return others[path];
  return /^docs\/.+\.md$/.test(path)
    ? path.slice('docs/'.length).replace(/(^|\/)README\.md$/, '$1index.md')
    : undefined;
};

/** What is no page of the site, as patterns, among the folders of the project. */
export const excludedOf = (folders: readonly string[]): string[] => [
  ...folders.filter((name) => name !== 'docs' && name !== 'bench').map((name) => `${name}/**`),
  'bench/*/**',
  ...Object.keys(elsewhere),
];

/** The address of a page on the site. */
const addressOf = (place: string): string => `/${place.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '')}`;

/** Addresses of the pages that are in English only. */
export const untranslated: readonly string[] = Object.values(others).map(addressOf);

/** Where a link of a page leads to. */
export type Target =
  | { readonly _tag: 'Page'; readonly address: string }
  /** A file that the repository has, and the site has not. */
  | { readonly _tag: 'File'; readonly path: string }
  /** Another site, or the same page. */
  | { readonly _tag: 'Unchanged' };

/** Reads a link of the page at `from`. */
export const targetOf = (from: string, link: string): Target => {
  if (/^(?:[a-z][a-z+.-]*:|#|\/)/i.test(link)) return { _tag: 'Unchanged' };
  const [file = '', anchor] = link.split('#');
  const path = posix.join(posix.dirname(from), file);
  const place = placeOf(path) ?? elsewhere[path];
  if (place === undefined) return { _tag: 'File', path };
  return { _tag: 'Page', address: addressOf(place) + (anchor === undefined ? '' : `#${anchor}`) };
};

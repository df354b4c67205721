/** The site of the documentation: `docs/` in English, `docs/zh/` in Chinese. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type DefaultTheme } from 'vitepress';
import { anchorOf } from '../../scripts/docs/headings.js';
import { contentsOf } from '../../scripts/docs/site/contents.js';
import { linksBetweenPages } from '../../scripts/docs/site/markdown.js';
import { excludedOf, placeOf } from '../../scripts/docs/site/places.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

const folders = readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));

const sidebar = (index: string): DefaultTheme.SidebarItem[] =>
  contentsOf(root, index).map(({ text, items }) => ({ text, items: [...items], collapsed: false }));

export default defineConfig({
  title: 'rx-realtime',
  srcDir: '..',
  srcExclude: excludedOf(folders),
  outDir: `${root}.cache/site`,
  cacheDir: `${root}.cache/vitepress`,
  // A site may be below a path: SITE_BASE=/rx-realtime/
  base: process.env['SITE_BASE'] ?? '/',
  rewrites: (path) => placeOf(path) ?? path,
  cleanUrls: true,
  lastUpdated: false,
  markdown: {
    anchor: { slugify: anchorOf },
    config: linksBetweenPages(root, process.env['SITE_REPOSITORY']),
    languageAlias: { caddy: 'text', mermaid: 'text' },
  },
  locales: {
    root: { label: 'English', lang: 'en', themeConfig: { sidebar: sidebar('docs/README.md') } },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
  },
});

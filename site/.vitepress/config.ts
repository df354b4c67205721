/** The site of the documentation: `docs/` in English, `docs/zh/` in Chinese. `npm run docs:site` builds it. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type DefaultTheme, type PageData } from 'vitepress';
import { anchorOf } from '../../scripts/docs/headings.js';
import { contentsOf } from '../../scripts/docs/site/contents.js';
import { drawings, linksBetweenPages } from '../../scripts/docs/site/markdown.js';
import { excludedOf, placeOf, untranslated } from '../../scripts/docs/site/places.js';
import { wordsOf } from '../../scripts/docs/site/words.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folders = readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));

const sidebar = (index: string): DefaultTheme.SidebarItem[] =>
  contentsOf(root, index).map(({ text, items }) => ({ text, items: [...items], collapsed: false }));

/** What the site shows above the contents of its first page. */
const homes: Readonly<Record<string, object>> = {
  'index.md': {
    layout: 'home',
    hero: {
      name: 'rx-realtime',
      text: 'Instant messaging as RxJS streams',
      tagline: 'A client and a server for the LeanCloud RTM protocol. No message is lost, duplicated or reordered.',
      actions: [
        { theme: 'brand', text: 'The first message', link: '/guide/first-message' },
        { theme: 'alt', text: 'Streams and operators', link: '/streams' },
      ],
    },
    features: [
      { title: 'Streams and commands', details: 'Messages, unread counts, receipts and members are Observables.' },
      { title: 'Broken connections', details: 'It reconnects, fetches what was missed, and sends what waits.' },
      { title: 'Backpressure', details: 'Strategies for slow consumers, each with a bound and a count of its drops.' },
      { title: 'A server', details: 'In your program or on its own, with SQLite or PostgreSQL.' },
    ],
  },
  'zh/index.md': {
    layout: 'home',
    hero: {
      name: 'rx-realtime',
      text: '用 RxJS 流做即时通讯',
      tagline: '使用 LeanCloud RTM 协议的客户端和服务端。消息不丢、不重、不乱序。',
      actions: [
        { theme: 'brand', text: '发第一条消息', link: '/zh/guide/first-message' },
        { theme: 'alt', text: '流和操作符', link: '/zh/streams' },
      ],
    },
    features: [
      { title: '流和命令', details: '消息、未读数、已读回执、成员，都是 Observable。' },
      { title: '断线重连', details: '自动重连，补上错过的消息，再发出发件箱里的消息。' },
      { title: '背压', details: '消费者跟不上时有多种策略，都有上限，丢了多少也有计数。' },
      { title: '服务端', details: '嵌进你的程序，或者单独运行；数据存 SQLite 或 PostgreSQL。' },
    ],
  },
};

const chinese: DefaultTheme.Config = {
  sidebar: sidebar('docs/zh/README.md'),
  outline: { level: [2, 3], label: '本页目录' },
  docFooter: { prev: '上一页', next: '下一页' },
  darkModeSwitchLabel: '外观',
  lightModeSwitchTitle: '切换到浅色',
  darkModeSwitchTitle: '切换到深色',
  sidebarMenuLabel: '菜单',
  returnToTopLabel: '回到顶部',
  langMenuLabel: '切换语言',
  skipToContentLabel: '跳到正文',
  nav: [
    { text: '入门指南', link: '/zh/guide/' },
    { text: '全部页面', link: '/zh/#文档' },
  ],
};

export default defineConfig({
  title: 'rx-realtime',
  description: 'Instant messaging as RxJS streams',
  srcDir: '..',
  srcExclude: excludedOf(folders),
  outDir: `${root}.cache/site`,
  cacheDir: `${root}.cache/vitepress`,
  // A site may be below a path: SITE_BASE=/rx-realtime/
  base: process.env['SITE_BASE'] ?? '/',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  rewrites: (path) => placeOf(path) ?? path,
  cleanUrls: true,
  markdown: {
    anchor: { slugify: anchorOf },
    config: (renderer) => {
      linksBetweenPages(root, process.env['SITE_REPOSITORY'])(renderer);
      drawings(root)(renderer);
    },
    languageAlias: { caddy: 'text' },
  },
  transformPageData: ({ relativePath, frontmatter }): Partial<PageData> | undefined => {
    if (relativePath in homes) return { frontmatter: { ...frontmatter, ...homes[relativePath] } };
    // A step of the guide is short, and its code has the place of the outline.
    return /^(?:zh\/)?guide\//.test(relativePath) ? { frontmatter: { ...frontmatter, aside: false } } : undefined;
  },
  locales: {
    root: { label: 'English', lang: 'en' },
    zh: { label: '简体中文', lang: 'zh-CN', description: '用 RxJS 流做即时通讯', themeConfig: chinese },
  },
  themeConfig: {
    sidebar: sidebar('docs/README.md'),
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/guide/' },
      { text: 'All pages', link: '/#documentation' },
    ],
    search: {
      provider: 'local',
      options: {
        miniSearch: { options: { tokenize: wordsOf } },
        locales: {
          zh: {
            translations: {
              button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
              modal: {
                noResultsText: '没有结果',
                resetButtonTitle: '清空',
                displayDetails: '显示详情',
                footer: { selectText: '选择', navigateText: '切换', closeText: '关闭' },
              },
            },
          },
        },
      },
    },
    // Read by the theme: a reader who asks for one of these in Chinese gets it in English.
    ...{ untranslated: [...untranslated] },
  },
});

/** The site of the documentation: its links, its contents, and its search. */
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { contentsOf } from '../../scripts/docs/site/contents.js';
import { excludedOf, placeOf, targetOf } from '../../scripts/docs/site/places.js';
import { wordsOf } from '../../scripts/docs/site/words.js';
import { root } from './markdown.js';

describe('a page of the repository', () => {
  it.each([
    ['docs/README.md', 'index.md'],
    ['docs/zh/README.md', 'zh/index.md'],
    ['docs/guide/README.md', 'guide/index.md'],
    ['docs/zh/guide/view.md', 'zh/guide/view.md'],
    ['CHANGELOG.md', 'changelog.md'],
    ['src/README.md', undefined],
    ['docs/images/danmaku.png', undefined],
  ])('%s has the place %s', (path, place) => {
    expect(placeOf(path)).toBe(place);
  });

  it('is looked for in docs/ and bench/ alone', () => {
    expect(excludedOf(['docs', 'bench', 'node_modules'])).toEqual([
      'node_modules/**',
      'bench/*/**',
      'README.md',
      'README.zh-CN.md',
    ]);
  });
});

describe('a link', () => {
  it.each([
    ['docs/zh/guide/view.md', '../../server.md#limits', { _tag: 'Page', address: '/server#limits' }],
    ['docs/zh/guide/view.md', '../server.md', { _tag: 'Page', address: '/zh/server' }],
    ['docs/guide/view.md', '../README.md', { _tag: 'Page', address: '/' }],
    ['docs/guide/view.md', 'README.md', { _tag: 'Page', address: '/guide/' }],
    ['docs/README.md', '../README.zh-CN.md', { _tag: 'Page', address: '/zh/' }],
    ['docs/streams.md', '../marble-tests/a.test.ts', { _tag: 'File', path: 'marble-tests/a.test.ts' }],
    ['docs/streams.md', '#contents', { _tag: 'Unchanged' }],
    ['docs/streams.md', 'https://example.com/a.md', { _tag: 'Unchanged' }],
  ])('of %s to %s', (from, link, target) => {
    expect(targetOf(from, link)).toEqual(target);
  });
});

describe('the navigation', () => {
  it.each(['docs/README.md', 'docs/zh/README.md'])('has what %s lists, with titles of pages', (index) => {
    const groups = contentsOf(root, index);
    expect(groups).toHaveLength(4);
    for (const { text, items } of groups) {
      expect(text).not.toBe('');
      expect(items.length).toBeGreaterThan(2);
      for (const item of items) expect(item.text).not.toMatch(/^$|\.md$/);
    }
  });
});

describe('the search', () => {
  it('has the words of a text, in Chinese as well', () => {
    expect(wordsOf('断线重连：用unread$和 rx-realtime')).toEqual([
      '断线',
      '线重',
      '重连',
      '用',
      'unread',
      '和',
      'rx',
      'realtime',
    ]);
  });

  it('can be sent to a browser as text', () => {
    expect(runInNewContext(`(${wordsOf.toString()})('a b').join()`)).toBe('a,b');
  });
});

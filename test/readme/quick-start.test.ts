/** The quick start of the README runs, and the README in Chinese shows the same code. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blocksOf, pageAt, root } from './markdown.js';

const directory = `${root}.cache/readme/`;
const file = `${directory}quick-start.ts`;

const readme = pageAt('README.md');
const quickStart = /<!-- quick start: .* -->\n+```ts\n([\s\S]*?)```\n+<!-- \/quick start -->/.exec(readme.text)?.[1];

/** Code without its comments, which are in the language of the page. */
const withoutComments = (code: string): string => code.replaceAll(/^\s*\/\/ .*\n/gm, '').replaceAll(/ +\/\/ .*$/gm, '');

describe('the quick start of the README', () => {
  beforeAll(async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(file, quickStart ?? 'throw new Error("README.md has no quick start between its markers");');
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('S4: prints what the README says it prints', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import(/* @vite-ignore */ file);
    expect(log.mock.calls).toEqual([['Tom: Wake up, mouse!']]);
    expect(readme.text).toContain('It prints `Tom: Wake up, mouse!`.');
    log.mockRestore();
  }, 60_000);
});

describe('the README in Chinese', () => {
  it('has the same code as the one in English, apart from the comments', () => {
    const code = (path: string): readonly string[] =>
      blocksOf(pageAt(path)).map((block) => withoutComments(block.code));
    expect(code('README.zh-CN.md')).toEqual(code('README.md'));
  });
});

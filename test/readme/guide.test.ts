/** The programs of the guide, and of the page for Node, run against real servers, and print what their pages say. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import 'rx-realtime/server';
import 'rx-realtime/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pageAt, root } from './markdown.js';

const directory = `${root}.cache/guide/`;

/** The programs of a page: the first line of each names its file. What follows under "It prints" is its output. */
const PROGRAM = /^```js\n\/\/ (\S+\.mjs)\n([\s\S]*?)^```$(?:\n+It prints:\n+```text\n([\s\S]*?)^```$)?/gm;

const steps = (await readdir(`${root}docs/guide`))
  .filter((name) => name !== 'README.md')
  .map((name) => `guide/${name}`);
const programsOf = (page: string) =>
  [...pageAt(`docs/${page}`).text.matchAll(PROGRAM)].map(([, file = '', code = '', output]) => ({
    page,
    file,
    code,
    output,
  }));
const programs = [...steps, 'node.md'].flatMap(programsOf);

describe('the programs of the guide', () => {
  beforeAll(async () => {
    await mkdir(directory, { recursive: true });
    for (const { file, code } of programs) await writeFile(`${directory}${file}`, code);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each(steps)('has one program that prints something in %s, and no other code', (page) => {
    expect(programsOf(page).filter(({ output }) => output !== undefined)).toHaveLength(1);
    const blocks = [...pageAt(`docs/${page}`).text.matchAll(/^```(?:js|ts)$/gm)];
    expect(blocks).toHaveLength(programsOf(page).length);
  });

  it.each(programs.filter(({ output }) => output !== undefined))(
    '$page: $file prints what the page says',
    async ({ file, output }) => {
      const printed: string[] = [];
      const log = vi.spyOn(console, 'log').mockImplementation((line) => printed.push(`${String(line)}\n`));
      await import(/* @vite-ignore */ `${directory}${file}`).finally(() => log.mockRestore());
      expect(printed.join('')).toBe(output);
    },
    60_000,
  );
});

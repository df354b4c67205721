/** The programs of the guide run against real servers, and print what their pages say. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import 'rx-realtime/server';
import 'rx-realtime/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pageAt, root } from './markdown.js';

const directory = `${root}.cache/guide/`;

/** The programs of a page: the first line of each names its file. What follows under "It prints" is its output. */
const PROGRAM = /^```js\n\/\/ (\S+\.mjs)\n([\s\S]*?)^```$(?:\n+It prints:\n+```text\n([\s\S]*?)^```$)?/gm;

const pages = (await readdir(`${root}docs/guide`)).sort();
const programs = pages.flatMap((name) =>
  [...pageAt(`docs/guide/${name}`).text.matchAll(PROGRAM)].map(([, file = '', code = '', output]) => ({
    page: name,
    file,
    code,
    output,
  })),
);

describe('the guide', () => {
  beforeAll(async () => {
    await mkdir(directory, { recursive: true });
    for (const { file, code } of programs) await writeFile(`${directory}${file}`, code);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('has one program on each page of a step, and all its code is in programs', () => {
    const steps = pages.filter((name) => name !== 'README.md');
    expect(programs.filter(({ output }) => output !== undefined).map(({ page }) => page)).toEqual(steps);
    const blocks = steps.flatMap((name) => [...pageAt(`docs/guide/${name}`).text.matchAll(/^```(?:js|ts)$/gm)]);
    expect(blocks).toHaveLength(programs.length);
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

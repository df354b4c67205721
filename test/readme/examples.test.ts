/** Examples in docs/ are files of this project, which are compiled, checked and run as all others are. */
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const EXAMPLE = /<!-- (\S+\.ts) -->\n+```ts\n([\s\S]*?)```/g;

const pages = (await readdir(`${root}docs`)).filter((name) => name.endsWith('.md'));
const examples = (
  await Promise.all(
    pages.map(async (page) =>
      [...(await readFile(`${root}docs/${page}`, 'utf8')).matchAll(EXAMPLE)].map(([, path = '', code = '']) => ({
        page,
        path,
        code,
      })),
    ),
  )
).flat();

describe('the examples of the docs', () => {
  it.each(examples)('$page shows $path as it is', async ({ path, code }) => {
    expect(code).toBe(await readFile(`${root}${path}`, 'utf8'));
  });

  it('are all shown', async () => {
    const files = (await readdir(`${root}test/examples`)).map((name) => `test/examples/${name}`);
    const shown = examples.map(({ path }) => path);
    // A test is shown where it is an example itself.
    const tests = files.filter((path) => path.endsWith('.test.ts') && !shown.includes(path));
    expect(shown.sort()).toEqual(files.filter((path) => !tests.includes(path)).sort());
  });
});

/** The pages of docs/ for frameworks: their code is built by Vite as it is, opened in a browser, and used. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createSite } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build, type PluginOption } from 'vite';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { createServer } from 'rx-realtime/server';
import { pageAt, root } from '../readme/markdown.js';
import { describeInBrowser } from './world.js';

interface Framework {
  readonly page: string;
  /** What the template of Vite has, and the page does not show. */
  readonly files: Readonly<Record<string, string>>;
  readonly plugins: readonly PluginOption[];
}

const html = (id: string, script: string): string =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><div id="${id}"></div>` +
  `<script type="module" src="/${script}"></script>`;

const frameworks: readonly Framework[] = [
  { page: 'docs/react.md', files: { 'index.html': html('root', 'src/main.tsx') }, plugins: [] },
  {
    page: 'docs/vue.md',
    files: {
      'index.html': html('app', 'src/main.ts'),
      'src/main.ts': "import { createApp } from 'vue';\nimport App from './App.vue';\ncreateApp(App).mount('#app');\n",
    },
    plugins: [vue()],
  },
];

/** The files that a page shows: the first line of each has its name. */
const FILE = /^```(?:tsx?|vue)\n(?:\/\/ (\S+)|<!-- (\S+) -->)\n([\s\S]*?)^```$/gm;
const filesOf = (page: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...pageAt(page).text.matchAll(FILE)].map(([, ts, sfc, code = '']) => [ts ?? sfc ?? '', code]));

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html' };

/** Serves what Vite has built. */
const serve = async (folder: string): Promise<string> => {
  const site = createSite((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const name = pathname === '/' ? 'index.html' : pathname.slice(1);
    readFile(join(folder, name)).then(
      (content) => response.setHeader('Content-Type', TYPES[extname(name)] ?? 'text/css').end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    site.close();
    site.closeAllConnections();
  });
  return `http://127.0.0.1:${String((site.address() as AddressInfo).port)}/`;
};

/** Builds the code of a page for a server at an address. Gives the folder with the result. */
const built = async ({ page, files, plugins }: Framework, server: string): Promise<string> => {
  const directory = `${root}.cache/frameworks/${page.replace(/\W+/g, '-')}/`;
  await rm(directory, { recursive: true, force: true });
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [name, code] of Object.entries({ ...files, ...filesOf(page) })) {
    await mkdir(dirname(directory + name), { recursive: true });
    await writeFile(directory + name, code.replaceAll('ws://127.0.0.1:6400', server));
  }
  await build({
    root: directory,
    configFile: false,
    logLevel: 'warn',
    plugins: [...plugins],
    build: { minify: false },
  });
  return `${directory}dist`;
};

describeInBrowser('the page for a framework', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.connect(inject('chromium'));
  }, 60_000);
  afterAll(() => browser.close());

  it.each(frameworks)(
    '$page shows code that two users talk with, also after the server has gone',
    async (framework) => {
      const first = await createServer({ port: 0 });
      const { port } = new URL(first.url);
      const origin = await serve(await built(framework, first.url));
      const complaints: string[] = [];
      const open = async (user: string): Promise<Page> => {
        const context = await browser.newContext();
        onTestFinished(() => context.close());
        const page = await context.newPage();
        page.on('pageerror', ({ message }) => complaints.push(message));
        page.on('console', (message) => {
          // The browser itself notes each connection that could not be opened, and React recommends its tools.
          if (!/^WebSocket connection to|React DevTools/.test(message.text())) complaints.push(message.text());
        });
        await page.goto(`${origin}?user=${user}`);
        return page;
      };
      const says = async (page: Page, words: string): Promise<void> => {
        await page.locator('input').fill(words);
        await page.locator('input').press('Enter');
      };
      const shows = (page: Page, words: string): Promise<void> =>
        page.locator('p', { hasText: words }).waitFor({ timeout: 20_000 });

      const [tom, jerry] = [await open('Tom'), await open('Jerry')];
      await tom.locator('h1', { hasText: 'Tom: Open' }).waitFor();
      await jerry.locator('h1', { hasText: 'Jerry: Open' }).waitFor();
      await says(tom, 'Are you there?');
      await shows(jerry, 'Tom: Are you there?');
      await jerry.locator('h1', { hasText: '(1)' }).waitFor();

      await first.close();
      await tom.locator('h1', { hasText: 'Reopening' }).waitFor();
      const second = await createServer({ port: Number(port) });
      onTestFinished(() => second.close());
      await tom.locator('h1', { hasText: 'Open' }).waitFor();
      expect(complaints).toEqual([]);
    },
  );
});

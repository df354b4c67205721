/** What the tests of the pages share: a browser, a network that can be cut, accessibility, screenshots. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { describe } from 'vitest';
import { prepare } from '../../scripts/example.mjs';
import { layCable, type Cable } from '../../tour/cable.js';
import { addressOf, startProgram, type Program } from './program.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const executablePath = [
  process.env['CHROMIUM'] ?? '',
  ...(process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name))),
].find((path) => path !== '' && existsSync(path));

/** A suite that needs a browser. Its title says why it was skipped. */
export const describePage = (title: string, suite: () => void): void => {
  if (executablePath !== undefined) describe(title, suite);
  else describe.skip(`${title} (no Chromium found: install one, or name it in the variable CHROMIUM)`, suite);
};

/** A running example, and a browser. */
export interface Started {
  readonly address: string;
  /** Opens a page in a context of its own, as on another device. */
  readonly open: (path?: string, options?: BrowserContextOptions) => Promise<Page>;
  /** Errors of all pages, and what they have written to their consoles as errors. */
  readonly errors: readonly string[];
  readonly close: () => Promise<void>;
}

export const startExample = async (name: string, args: readonly string[] = []): Promise<Started> => {
  const folder = await prepare(name);
  const program: Program = startProgram(join(folder, 'main.node.js'), args);
  const address = await addressOf(program);
  const browser: Browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  const errors: string[] = [];
  return {
    ...{ address, errors },
    open: async (path = '', options = {}) => {
      const looks = { viewport: { width: 1280, height: 900 }, colorScheme: 'light', locale: 'en' } as const;
      const page = await (await browser.newContext({ ...looks, ...options })).newPage();
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        // Chromium reports each attempt to connect while the network is cut.
        if (message.type() === 'error' && !/WebSocket|ERR_CONNECTION/.test(message.text())) errors.push(message.text());
      });
      await page.goto(new URL(path, address).href);
      return page;
    },
    close: async () => {
      await browser.close();
      await program.stop('SIGINT');
    },
  };
};

/** A running example with its page, which reaches the server through a cable. */
export interface Running extends Omit<Started, 'open'> {
  readonly page: Page;
  readonly cable: Cable;
  /** A figure of the page as text. */
  readonly figure: (name: string) => Promise<string>;
  readonly json: (path: string) => Promise<unknown>;
}

export const openExample = async (name: string, args: readonly string[] = []): Promise<Running> => {
  const { address, errors, open, close } = await startExample(name, args);
  const json = async (path: string): Promise<unknown> => (await fetch(new URL(path, address))).json();
  const { server } = (await json('config.json')) as { readonly server: string };
  const cable = await layCable(server);
  const page = await open(`?server=${encodeURIComponent(cable.url)}`);
  return {
    ...{ page, cable, address, errors, json },
    figure: (figure) => page.locator(`[data-figure="${figure}"]`).first().innerText(),
    close: async () => {
      await cable.close();
      await close();
    },
  };
};

/** Waits until the page says that it is connected, or that it is not. */
export const showsState = (page: Page, kind: 'good' | 'bad' | 'busy'): Promise<unknown> =>
  page.waitForSelector(`#state[data-kind="${kind}"]`, { timeout: 60_000 });

/** The rules that the page breaks, with where. */
export const findings = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await tool.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
};

/** The figures of a number in a text such as `1,234 ms`. */
export const numberIn = (text: string): number => Number(/[\d,.]+/.exec(text)?.[0].replaceAll(',', ''));

/** A time of the page in ms: of `1,977 ms` or `11.6 s`. */
export const msIn = (text: string): number => numberIn(text) * (text.endsWith(' s') ? 1_000 : 1);

const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));

/** Draws the page for the documentation. */
export const screenshot = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: `${images}${name}.png` });
};

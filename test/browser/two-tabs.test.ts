/** Two real tabs with one outbox: one of them sends a message, and what was discarded is never sent. */
import { filter, firstValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createRealtime, textOf } from 'rx-realtime';
import { createServer } from 'rx-realtime/server';
import { describeInBrowser, serveProgram, type Site } from './chromium.js';
import { launch } from './launch.js';

interface Tab {
  readonly send: (id: string, words: string) => void;
  readonly giveUp: (id: string, words: string) => void;
}

describeInBrowser('two tabs with one outbox', () => {
  let browser: Browser;
  const closers: (() => unknown)[] = [];
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const waits = ({ told$ }: Site, name: string, waiting: string): Promise<unknown> =>
    firstValueFrom(told$.pipe(filter((told) => JSON.stringify(told) === JSON.stringify({ name, waiting }))));

  it('the tab in which a message was sent has it; another one takes over what a closed tab has left', async () => {
    const server = await createServer();
    closers.push(() => server.close());
    const realtime = createRealtime({ appId: 'app', server: server.url });
    closers.push(() => realtime.close());
    const jerry = await firstValueFrom(realtime.login('Jerry'));
    const conversation = await firstValueFrom(jerry.createConversation({ members: ['Tom'] }));
    const heard: string[] = [];
    jerry.messages$.subscribe((message) => heard.push(textOf(message.body) ?? ''));
    const site = await serveProgram('two-tabs');
    closers.push(site.close);
    const context: BrowserContext = await browser.newContext();
    closers.push(() => context.close());
    const open = async (name: string, more = ''): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(`${site.page}?name=${name}&server=${encodeURIComponent(server.url)}${more}`);
      return page;
    };
    const send = (page: Page, words: string): Promise<void> =>
      page.evaluate(
        ([id = '', text = '']) => {
          (self as unknown as Tab).send(id, text);
        },
        [conversation.id, words],
      );

    const first = await open('first', '&offline');
    await waits(site, 'first', '');
    for (const words of ['discarded', 'kept']) await send(first, words);
    await waits(site, 'first', 'discarded kept');
    const second = await open('second');
    await waits(site, 'second', '');
    const sent = firstValueFrom(jerry.messages$);
    await send(second, 'own');
    await sent;
    expect(heard).toEqual(['own']);
    await first.evaluate((id) => {
      (self as unknown as Tab).giveUp(id, 'discarded');
    }, conversation.id);
    await waits(site, 'first', 'kept');
    const left = firstValueFrom(jerry.messages$);
    await first.close();
    await left;
    const last = firstValueFrom(jerry.messages$.pipe(filter((message) => textOf(message.body) === 'last')));
    await send(second, 'last');
    await last;
    expect(heard).toEqual(['own', 'kept', 'last']);
  }, 60_000);
});

/** What a connection does when a real page is put away, shown again, hidden, or without a network. */
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { Subject, filter, firstValueFrom, map, skip, type Observable } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { createServer } from 'rx-realtime/server';
import { faultProxy } from '../faults/proxy.js';
import { describeInBrowser, serveProgram, type Site } from './chromium.js';
import { launch } from './launch.js';

describeInBrowser('a connection in a browser', () => {
  let browser: Browser;
  const closers: (() => unknown)[] = [];
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const site = async (): Promise<Site> => {
    const served = await serveProgram('waking');
    closers.push(served.close);
    return served;
  };
  const openPage = async ({ page }: Site, server: string): Promise<Page> => {
    const context = await browser.newContext();
    closers.push(() => context.close());
    const opened = await context.newPage();
    await opened.goto(`${page}?server=${encodeURIComponent(server)}`);
    return opened;
  };
  const tagsOf = ({ told$ }: Site): Observable<string> =>
    told$.pipe(
      filter((told) => typeof told === 'object' && told !== null && '_tag' in told),
      map((state) => String((state as { readonly _tag: unknown })._tag)),
    );
  const reaches = (served: Site, tag: string, times = 1): Promise<string> =>
    firstValueFrom(
      tagsOf(served).pipe(
        filter((told) => told === tag),
        skip(times - 1),
      ),
    );

  it('is closed when the page goes to the back/forward cache, and opens again when it comes back', async () => {
    const presence = new Subject<string>();
    const server = await createServer({
      hooks: {
        clientOnline: ({ peerId }) => presence.next(`${peerId} is online`),
        clientOffline: ({ peerId }) => presence.next(`${peerId} is offline`),
      },
    });
    closers.push(() => server.close());
    const served = await site();
    const online = firstValueFrom(presence);
    const page = await openPage(served, server.url);
    expect(await online).toBe('Tom is online');
    const offline = firstValueFrom(presence);
    await page.goto(served.other);
    expect(await offline).toBe('Tom is offline');
    const back = firstValueFrom(presence);
    const restored = firstValueFrom(served.told$.pipe(filter((told) => JSON.stringify(told) === '{"persisted":true}')));
    await page.evaluate(() => {
      history.back();
    });
    await restored;
    expect(await back).toBe('Tom is online');
  });

  it('is lost at once if the address refuses, not after the time limit', async () => {
    const refusing = createTcpServer();
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    const { port } = refusing.address() as AddressInfo;
    await new Promise((resolve) => refusing.close(resolve));
    const served = await site();
    await openPage(served, `ws://127.0.0.1:${port}`);
    await reaches(served, 'Scheduled');
  });

  it('is probed when the page becomes visible, and replaced if it is dead', async () => {
    const server = await createServer();
    closers.push(() => server.close());
    const proxy = await faultProxy(server.port);
    closers.push(() => proxy.close());
    const served = await site();
    const page = await openPage(served, proxy.url);
    await reaches(served, 'Connected');
    proxy.inflict({ _tag: 'HalfOpen' });
    // Headless pages are always visible, so the event is made by hand.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await reaches(served, 'Connected', 2);
  });

  it('is offline while the browser has no network', async () => {
    const server = await createServer();
    closers.push(() => server.close());
    const served = await site();
    const page = await openPage(served, server.url);
    await reaches(served, 'Connected');
    await page.context().setOffline(true);
    await page.waitForFunction(() => document.title === 'Offline');
    await page.context().setOffline(false);
    await page.waitForFunction(() => document.title === 'Connected');
  });
});

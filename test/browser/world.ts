/**
 * Pages in a real browser, a server, and others who talk with the pages. Each test has a context of its own, as a
 * user has it after installing the browser. At its end, no page may have complained.
 */
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ReplaySubject, filter, firstValueFrom, type Observable } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest';
import { createRealtime, text, textOf, type Client, type Conversation } from 'rx-realtime';
import { createServer, type RtmServer, type ServerOptions } from 'rx-realtime/server';
import type { Fault } from '../faults/proxy.js';
import type { Chat } from './pages/chat.js';

export type Transport = 'WebSocket' | 'WebSocketStream';

/** What a page runs on. Both have the same tests; `npm test` runs those of the one that is the default. */
export const transports: readonly Transport[] =
  process.env['BROWSER_ALL'] === '1' ? ['WebSocket', 'WebSocketStream'] : ['WebSocket'];

export type Place = 'page' | 'worker';

/** Where a client runs, and on what. */
export const places: readonly (readonly [Place, Transport])[] =
  process.env['BROWSER_ALL'] === '1'
    ? [
        ['page', 'WebSocket'],
        ['page', 'WebSocketStream'],
        ['worker', 'WebSocket'],
        ['worker', 'WebSocketStream'],
      ]
    : [['page', 'WebSocket']];

/**
 * How a connection ends while the page may be writing. Without a close frame, a WebSocketStream of Chromium 156 may
 * take the page with it: see docs/backpressure.md.
 */
export const breakOf = (transport: Transport): Fault =>
  transport === 'WebSocket' ? { _tag: 'Cut' } : { _tag: 'Close', code: 1001 };

/** A suite that needs a browser. */
export const describeInBrowser = (title: string, suite: () => void): void => {
  // A browser takes its time on a busy machine: its processes share what others leave.
  describe.skipIf(inject('chromium') === '')(title, { timeout: 180_000 }, suite);
};

/** Runs the program in the page itself, or in a dedicated worker, to which the page hands calls on. */
const IN_PAGE = '<script type="module" src="/chat.js"></script>';
const IN_WORKER = `<script>
  const worker = new Worker('/chat.js' + location.search, { type: 'module' });
  self.chat = new Proxy({}, {
    get: (_, name) => (...given) => new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data);
      worker.postMessage([name, given], [port2]);
    }),
  });
</script>`;
const html = (head: string): string => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${head}`;

interface Site {
  readonly origin: string;
  /** Hot, replays everything: what the pages told. */
  readonly told$: Observable<unknown>;
  readonly close: () => Promise<unknown>;
}

/** A web server with a page that runs the program, one that runs it in a worker, and others without it. */
const serveSite = async (): Promise<Site> => {
  const files = new Map(inject('program'));
  const told = new ReplaySubject<unknown>(Infinity);
  const site = createHttpServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const file = files.get(pathname);
    if (pathname === '/tell') {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        told.next(JSON.parse(body));
        response.writeHead(204).end();
      });
    } else if (file !== undefined && extname(pathname) === '.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(file);
    } else {
      const program = { '/': IN_PAGE, '/worker': IN_WORKER }[pathname] ?? '';
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(html(program));
    }
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${String((site.address() as AddressInfo).port)}`,
    told$: told.asObservable(),
    close: () =>
      new Promise((resolve) => {
        site.close(resolve);
        site.closeAllConnections();
      }),
  };
};

/** The browser itself notes each connection that could not be opened, or that broke. */
const isNoteOfTheBrowser = (words: string): boolean => /^WebSocket connection to '\S+' failed/.test(words);

export interface Tab {
  readonly page: Page;
  /** Calls a function of the page. */
  readonly chat: <K extends keyof Chat>(name: K, ...args: Parameters<Chat[K]>) => Promise<Awaited<ReturnType<Chat[K]>>>;
  /** The page has told this; the value is compared as JSON. */
  readonly tells: (value: unknown) => Promise<unknown>;
  /** Leaves the page for another one of the same site. */
  readonly leave: () => Promise<unknown>;
}

export interface TabOptions {
  /** The address of the messaging server. */
  readonly server: string;
  readonly transport?: Transport;
  /** Where the client runs. Default: in the page. */
  readonly place?: Place;
  /** The client id. Default: Tom. */
  readonly name?: string;
  /** Begins without a connection. */
  readonly offline?: true;
  /** Tells nothing. */
  readonly quiet?: true;
  /** Hears by `lossless` with this bound, with a consumer that can stop. */
  readonly high?: number;
  /** Another tab of the same user. Default: the tab of another user. */
  readonly beside?: Tab;
}

/** A client in this process, and what it has heard. */
export interface Other {
  readonly client: Client;
  readonly heard: readonly string[];
  /** So many were heard. */
  readonly hears: (count: number) => Promise<readonly string[]>;
}

interface World {
  readonly server: (options?: ServerOptions) => Promise<RtmServer>;
  readonly open: (options: TabOptions) => Promise<Tab>;
  readonly other: (server: string, name?: string) => Promise<Other>;
  /** Called at the end of the test. The last one is called first. */
  readonly atEnd: (close: () => unknown) => void;
}

export const say = (conversation: Conversation, words: string): Promise<unknown> =>
  firstValueFrom(conversation.send(text(words)));
/** `from`, …: so many texts with numbers. */
export const texts = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${name} ${n}`);

/** Call it in the suite. */
export const world = (): World => {
  let browser: Browser;
  const closers: (() => unknown)[] = [];
  const complaints: string[] = [];
  const atEnd = (close: () => unknown): void => void closers.push(close);
  beforeAll(async () => {
    browser = await chromium.connect(inject('chromium'));
  }, 60_000);
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    expect(complaints.splice(0)).toEqual([]);
  });

  const listen = (page: Page): void => {
    page.on('pageerror', ({ message }) => complaints.push(`error: ${message}`));
    page.on('crash', () => complaints.push('the page has crashed'));
    page.on('console', (message) => {
      if (!isNoteOfTheBrowser(message.text())) complaints.push(`${message.type()}: ${message.text()}`);
    });
  };
  const sites = new Map<BrowserContext, Site>();

  return {
    atEnd,
    server: async (options = {}) => {
      const server = await createServer({ port: 0, ...options });
      atEnd(() => server.close());
      return server;
    },
    open: async ({ beside, place = 'page', ...options }) => {
      const context = beside?.page.context() ?? (await browser.newContext());
      const site = sites.get(context) ?? (await serveSite());
      if (beside === undefined) {
        sites.set(context, site);
        atEnd(() => site.close());
        atEnd(() => context.close());
      }
      const page = await context.newPage();
      listen(page);
      const query = new URLSearchParams(Object.entries(options).map(([name, value]) => [name, String(value)]));
      await page.goto(`${site.origin}/${place === 'page' ? '' : place}?${query.toString()}`);
      return {
        page,
        chat: (name, ...args) =>
          page.evaluate(
            ([called, given]) => {
              const { chat } = self as unknown as { readonly chat: Record<string, (...args: unknown[]) => unknown> };
              return chat[called]?.(...given);
            },
            [name, args] as const,
          ) as never,
        tells: (value) =>
          firstValueFrom(site.told$.pipe(filter((told) => JSON.stringify(told) === JSON.stringify(value)))),
        leave: () => page.goto(`${site.origin}/other`),
      };
    },
    other: async (server, name = 'Jerry') => {
      const realtime = createRealtime({ appId: 'app', server, backoff: () => 50 });
      atEnd(() => realtime.close());
      const client = await firstValueFrom(realtime.login(name));
      const heard: string[] = [];
      const reached = new ReplaySubject<number>(1);
      client.messages$.subscribe(({ body }) => {
        heard.push(textOf(body) ?? body._tag);
        reached.next(heard.length);
      });
      return {
        client,
        heard,
        hears: (count) => firstValueFrom(reached.pipe(filter((so) => so >= count))).then(() => heard),
      };
    },
  };
};

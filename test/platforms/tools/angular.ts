/** Angular's own tools: an application that is built as `ng new` builds one, and run in a browser. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CheckFailed } from '../../../scripts/checks/tool.js';
import { executablePath, launch } from '../../browser/launch.js';
import { bin, kilobytes, write, type Tool, type Trial } from './tool.js';

const MAIN = `
import { CHANGE_DETECTION, Component, effect, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { text } from 'rx-realtime';
import {
  BodyTextPipe, MarkSeen, injectConnectionBanner, injectConversations, injectLatest, injectSession, injectTimeline,
  injectTyping, provideRealtime, withIndexedDbOutbox, withTyping,
} from 'rx-realtime/angular';

@Component({
  selector: 'app-root',
  imports: [BodyTextPipe, MarkSeen],
  template: \`
    @if (banner.key(); as key) { <p>{{ key }} {{ banner.retryIn() }} <button (click)="banner.retry()">Now</button></p> }
    <h1>{{ session.status() }} {{ unread()?.count }} {{ conversations.items().length }} {{ typing.who().length }}</h1>
    @for (entry of timeline.entries(); track timeline.keyOf(entry)) {
      @switch (entry._tag) {
        @case ('Message') {
          <p [rxSeen]="entry" [rxSeenIn]="timeline" class="message">
            {{ entry.message.from }}: {{ entry.message.body | bodyText }} ({{ timeline.tickOf(entry) }})
          </p>
        }
        @case ('Pending') { <p>{{ entry.body | bodyText }} {{ entry.error?.message }}</p> }
        @case ('Gap') { <button (click)="timeline.fill(entry)">Load</button> }
      }
    }
  \`,
})
class App {
  readonly session = injectSession('Tom');
  readonly banner = injectConnectionBanner();
  readonly conversations = injectConversations(this.session);
  readonly unread = injectLatest(this.session.client, (client) => client.totalUnread$, undefined);
  readonly id = signal<string | undefined>(undefined);
  readonly timeline = injectTimeline(this.session, this.id);
  readonly typing = injectTyping(this.session, this.id);
  private sent = false;

  constructor() {
    effect(() => {
      this.session
        .client()
        ?.createConversation({ members: ['Jerry'], unique: true })
        .subscribe(({ id }) => this.id.set(id));
    });
    effect(() => {
      if (this.timeline.conversation() === undefined || this.sent) return;
      this.sent = true;
      this.timeline.send(text('a é 世 😀'));
    });
  }
}

bootstrapApplication(App, {
  providers: [
    CHANGE_DETECTION(),
    provideRealtime({ appId: 'app', server: 'SERVER' }, withIndexedDbOutbox({ fallback: 'memory' }), withTyping()),
  ],
});
`;

/** As \`ng new\` has it, with the budgets of a new application left out: they are for its own code. */
const workspace = (polyfills: readonly string[]): object => ({
  version: 1,
  cli: { analytics: false, cache: { enabled: false } },
  projects: {
    app: {
      projectType: 'application',
      root: '',
      sourceRoot: 'src',
      architect: {
        build: {
          builder: '@angular/build:application',
          options: {
            browser: 'src/main.ts',
            index: 'src/index.html',
            tsConfig: 'tsconfig.json',
            outputPath: 'dist',
            outputHashing: 'none',
            progress: false,
            polyfills,
          },
        },
      },
    },
  },
});

const compilerOptions = {
  ...{ target: 'ES2022', module: 'preserve', lib: ['ES2022', 'DOM'], types: [] },
  ...{ strict: true, noImplicitOverride: true, noPropertyAccessFromIndexSignature: true, noImplicitReturns: true },
  ...{ experimentalDecorators: true, importHelpers: true, isolatedModules: true, skipLibCheck: false },
};

/** Opens what was built in a browser, and gives the text of the first message that it shows. */
const shownBy = async (folder: string): Promise<string> => {
  const site = createServer((request, response) => {
    const name = request.url === '/' || request.url === undefined ? 'index.html' : request.url.slice(1);
    readFile(join(folder, name)).then(
      (content) =>
        response.setHeader('Content-Type', name.endsWith('.js') ? 'text/javascript' : 'text/html').end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${String((site.address() as AddressInfo).port)}/`);
    return (await page.locator('.message', { hasText: '(sent)' }).first().textContent({ timeout: 30_000 })) ?? '';
  } finally {
    await browser.close();
    site.close();
    site.closeAllConnections();
  }
};

const tryBuild = async (trial: Trial, polyfills: readonly string[], changeDetection: string): Promise<string> => {
  const { directory, server } = trial;
  write(directory, {
    'angular.json': workspace(polyfills),
    'tsconfig.json': {
      compilerOptions,
      angularCompilerOptions: { strictTemplates: true, strictInjectionParameters: true },
      files: ['src/main.ts'],
    },
    'src/index.html': '<!doctype html><html><head><base href="/"></head><body><app-root></app-root></body></html>',
    'src/main.ts': MAIN.replace('SERVER', server).replaceAll('CHANGE_DETECTION', changeDetection),
  });
  const output = await bin(trial, '@angular/cli/bin/ng.js', 'build');
  if (/warning|▲/i.test(output)) throw new CheckFailed(output);
  const folder = join(directory, 'dist/browser');
  if (executablePath !== undefined) {
    const shown = await shownBy(folder);
    if (!shown.includes('Tom: a é 世 😀 (sent)')) throw new CheckFailed(`the page shows ${shown}`);
  }
  return kilobytes(await readFile(join(folder, 'main.js'), 'utf8'));
};

const angularOf = (name: string, framework: string, tools: string): Tool => ({
  name,
  packages: [
    ...['core', 'common', 'compiler', 'compiler-cli', 'platform-browser'].map(
      (part) => `@angular/${part}@${framework}`,
    ),
    ...['build', 'cli'].map((part) => `@angular/${part}@${tools}`),
    ...['zone.js@0.15.1', 'typescript@5.9.3', 'tslib@2.8.1'],
  ],
  run: async (trial) => {
    const zoneless = await tryBuild(trial, [], 'provideZonelessChangeDetection');
    await tryBuild(trial, ['zone.js'], 'provideZoneChangeDetection');
    const ran = executablePath === undefined ? 'no Chromium to run it' : 'a message in Chromium';
    return `${zoneless}, no warning, zoneless and with zone.js; ${ran}`;
  },
});

/** The oldest version that the entry promises, and the one that its declarations are made with. */
export const angular: readonly Tool[] = [
  angularOf('angular20', '20.3.35', '20.3.41'),
  angularOf('angular21', '21.2.24', '21.2.24'),
];

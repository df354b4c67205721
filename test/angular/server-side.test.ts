// @vitest-environment node
import '@angular/compiler';
import {
  Component,
  provideZoneChangeDetection,
  provideZonelessChangeDetection,
  signal,
  type EnvironmentProviders,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { bootstrapApplication, type BootstrapContext } from '@angular/platform-browser';
import { provideServerRendering, renderApplication } from '@angular/platform-server';
import { describe, expect, it } from 'vitest';
import { createOutbox, text, type OutboxStorage, type WebSocketConstructor } from 'rx-realtime';
import {
  injectConnectionBanner,
  injectConversations,
  injectRealtime,
  injectSession,
  injectTimeline,
  injectTyping,
  provideRealtime,
  withIndexedDbOutbox,
  withTyping,
  type RealtimeFeature,
} from 'rx-realtime/angular';

const touched: string[] = [];

const webSocket = function (): never {
  touched.push('a socket');
  throw new Error('no socket');
} as unknown as WebSocketConstructor;

const touching = (): [] => {
  touched.push('the storage');
  return [];
};
const storage: OutboxStorage = { load: touching, put: touching, remove: touching };

@Component({
  selector: 'app-root',
  template: `[{{ banner.key() }}{{ banner.retryIn() }}] {{ session.status() }} {{ session.client()?.id }}
    {{ state()?._tag }} {{ list.items().length }} {{ timeline.entries().length }} {{ timeline.loading() }}
    {{ typing.who().length }}`,
})
class App {
  readonly banner = injectConnectionBanner();
  readonly user = signal<string | undefined>('Tom');
  readonly session = injectSession(this.user, { offline: true });
  readonly list = injectConversations(this.session);
  readonly timeline = injectTimeline(this.session, 'c');
  readonly typing = injectTyping(this.session, 'c');
  readonly state = toSignal(injectRealtime().state$);

  constructor() {
    // What an application may do wherever it runs.
    const realtime = injectRealtime();
    realtime.session('Jerry').subscribe();
    realtime.retry();
    realtime.login('Spike').subscribe({ error: () => undefined });
    this.user.set('Tyke');
    this.session.login();
    this.timeline.send(text('x'));
    this.typing.typing();
  }
}

const render = (changeDetection: EnvironmentProviders, features: readonly RealtimeFeature[]): Promise<string> =>
  renderApplication(
    (context: BootstrapContext) =>
      bootstrapApplication(
        App,
        {
          providers: [
            changeDetection,
            provideServerRendering(),
            provideRealtime(
              { appId: 'app', server: 'ws://127.0.0.1:9', webSocket, outbox: createOutbox({ storage }) },
              ...features,
              withTyping(),
            ),
          ],
        },
        context,
      ),
    { document: '<html><body><app-root></app-root></body></html>' },
  );

const expectQuiet = async (
  changeDetection: EnvironmentProviders,
  features: readonly RealtimeFeature[],
): Promise<void> => {
  const before = process.getActiveResourcesInfo().filter((what) => what !== 'Immediate').length;
  const html = await render(changeDetection, features);
  const shown = html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  expect(shown).toContain('[] LoggedOut Offline 0 0 false 0');
  expect(touched).toEqual([]);
  expect(process.getActiveResourcesInfo().filter((what) => what !== 'Immediate').length).toBeLessThanOrEqual(before);
};

describe('a page that is rendered on a server', () => {
  it('opens no socket, uses no storage, sets no timer and says nothing of a connection', async () => {
    await expectQuiet(provideZonelessChangeDetection(), []);
    await expectQuiet(provideZonelessChangeDetection(), [withIndexedDbOutbox()]);
  });

  it('does the same with zone.js, and becomes stable', async () => {
    await import('zone.js');
    await expectQuiet(provideZoneChangeDetection(), [withIndexedDbOutbox()]);
  });
});

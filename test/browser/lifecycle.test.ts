/** What becomes of a connection when a page is hidden, frozen, put away and shown again. */
import { Subject, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Conversation } from 'rx-realtime';
import { faultProxy, type FaultProxy } from '../faults/proxy.js';
import {
  breakOf,
  describeInBrowser,
  say,
  texts,
  transports,
  world,
  type Other,
  type Tab,
  type Transport,
} from './world.js';

describeInBrowser('a page', () => {
  const { atEnd, server, open, other } = world();

  /** Tom in a page, behind a proxy, and Jerry, who can say something to him. */
  const talking = async (
    transport: Transport,
  ): Promise<{ readonly tom: Tab; readonly jerry: Other; readonly here: Conversation; readonly proxy: FaultProxy }> => {
    const { url, port } = await server();
    const proxy = await faultProxy(port);
    atEnd(() => proxy.close());
    const jerry = await other(url);
    const here = await firstValueFrom(jerry.client.createConversation({ members: ['Tom'] }));
    const tom = await open({ server: proxy.url, transport });
    await tom.chat('opens');
    await say(here, 'first');
    await tom.chat('hears', 1);
    return { tom, jerry, here, proxy };
  };

  describe.each(transports)('over a %s', (transport) => {
    it('that was in the background tries a connection that is dead, and hears what it has missed', async () => {
      const { tom, here, proxy } = await talking(transport);
      proxy.inflict({ _tag: 'HalfOpen' });
      const missed = texts('missed', 20);
      for (const words of missed) await say(here, words);
      // Headless pages are always visible, so the event is made by hand.
      await tom.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      expect(await tom.chat('hears', 21)).toEqual(['first', ...missed]);
    });

    it('that was frozen hears what it has missed, also if the connection broke meanwhile', async () => {
      const { tom, here, proxy } = await talking(transport);
      const devtools = await tom.page.context().newCDPSession(tom.page);
      const set = (state: 'frozen' | 'active') => devtools.send('Page.setWebLifecycleState', { state });
      const [missed, more, last] = [texts('missed', 20), texts('more', 20), texts('last', 1)];
      await set('frozen');
      for (const words of missed) await say(here, words);
      await set('active');
      expect(await tom.chat('hears', 21)).toEqual(['first', ...missed]);
      await set('frozen');
      for (const words of more) await say(here, words);
      proxy.inflict(breakOf(transport));
      await set('active');
      expect(await tom.chat('hears', 41)).toEqual(['first', ...missed, ...more]);
      await say(here, 'last 0');
      expect(await tom.chat('hears', 42)).toEqual(['first', ...missed, ...more, ...last]);
    });

    it('that goes to the back/forward cache is offline, and hears what it has missed when it comes back', async () => {
      const presence = new Subject<string>();
      const { url } = await server({
        hooks: {
          clientOnline: ({ peerId }) => presence.next(`${peerId} is online`),
          clientOffline: ({ peerId }) => presence.next(`${peerId} is offline`),
        },
      });
      const jerry = await other(url);
      const here = await firstValueFrom(jerry.client.createConversation({ members: ['Tom'] }));
      const online = firstValueFrom(presence);
      const tom = await open({ server: url, transport });
      expect(await online).toBe('Tom is online');
      await say(here, 'first');
      await tom.tells({ heard: ['first'] });
      const offline = firstValueFrom(presence);
      await tom.leave();
      expect(await offline).toBe('Tom is offline');
      const missed = texts('missed', 20);
      for (const words of missed) await say(here, words);
      // The protocol of the browser's tools does not follow a page that comes back.
      const restored = tom.tells({ persisted: true });
      const heard = tom.tells({ heard: ['first', ...missed] });
      await tom.page.evaluate(() => history.back());
      await restored;
      await heard;
    });
  });
});

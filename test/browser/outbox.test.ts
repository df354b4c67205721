import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { describeInBrowser, texts, transports, world } from './world.js';

describeInBrowser('what a page has written', () => {
  const { server, open, other } = world();

  describe.each(transports)('over a %s', (transport) => {
    it('without a connection outlasts a reload, and is then sent once and in order', async () => {
      const { url } = await server();
      const jerry = await other(url);
      const { id } = await firstValueFrom(jerry.client.createConversation({ members: ['Tom'] }));
      const written = texts('offline', 20);
      const tom = await open({ server: url, transport, offline: true });
      await tom.chat('say', id, written);
      expect(await tom.chat('keeps', 20)).toEqual(written);
      await tom.page.reload();
      expect(await tom.chat('keeps', 20)).toEqual(written);
      await tom.chat('say', id, ['new']);
      await tom.chat('resume');
      expect(await jerry.hears(21)).toEqual([...written, 'new']);
      await tom.chat('keeps', 0);
      // What is sent is gone from the storage a moment later.
      await tom.chat('settles');
      await tom.page.reload();
      expect(await tom.chat('keeps', 0)).toEqual([]);
      await tom.chat('resume');
      await tom.chat('say', id, ['last']);
      expect(await jerry.hears(22)).toEqual([...written, 'new', 'last']);
    });

    it('in a page that is left is sent in order by a page that is open', async () => {
      const { url } = await server();
      const jerry = await other(url);
      const { id } = await firstValueFrom(jerry.client.createConversation({ members: ['Tom'] }));
      const written = texts('left', 30);
      const first = await open({ server: url, transport, offline: true });
      await first.chat('say', id, written);
      await first.chat('keeps', 30);
      const second = await open({ server: url, transport, beside: first });
      expect(await second.chat('keeps', 0)).toEqual([]);
      await first.leave();
      expect(await jerry.hears(30)).toEqual(written);
      await second.chat('say', id, ['own']);
      expect(await jerry.hears(31)).toEqual([...written, 'own']);
      await second.chat('settles');
    });

    it('in one of two tabs is sent by that tab, and by the other one when it is closed', async () => {
      const { url } = await server();
      const jerry = await other(url);
      const { id } = await firstValueFrom(jerry.client.createConversation({ members: ['Tom'] }));
      const first = await open({ server: url, transport, offline: true });
      await first.chat('say', id, ['discarded', 'kept']);
      await first.chat('keeps', 2);
      const second = await open({ server: url, transport, beside: first });
      expect(await second.chat('keeps', 0)).toEqual([]);
      await second.chat('say', id, ['own']);
      expect(await jerry.hears(1)).toEqual(['own']);
      await first.chat('giveUp', id, 'discarded');
      expect(await first.chat('keeps', 1)).toEqual(['kept']);
      await first.page.close();
      expect(await jerry.hears(2)).toEqual(['own', 'kept']);
      await second.chat('say', id, ['last']);
      expect(await jerry.hears(3)).toEqual(['own', 'kept', 'last']);
    });
  });
});

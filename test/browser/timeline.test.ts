import { describe, expect, it } from 'vitest';
import { text } from 'rx-realtime';
import { describeInBrowser, texts, transports, world } from './world.js';

const COUNT = 10_000;
/** How many are sent at the same time. */
const TOGETHER = 500;

describeInBrowser('a timeline in a page', () => {
  const { server, open } = world();

  describe.each(transports)('over a %s', (transport) => {
    it('has 10,000 messages once and in order, as they come and after a reload', async () => {
      const { url, backEnd } = await server();
      const { id } = await backEnd.create({ members: ['Tom'] });
      const tom = await open({ server: url, transport, quiet: true });
      await tom.chat('show', id);
      expect(await tom.chat('shows', 0)).toEqual([]);
      const all = texts('message', COUNT);
      for (let n = 0; n < COUNT; n += TOGETHER)
        await Promise.all(
          all.slice(n, n + TOGETHER).map((words) => backEnd.send(id, { from: 'Jerry', body: text(words) })),
        );
      expect(await tom.chat('shows', COUNT)).toEqual(all);
      expect(await tom.chat('hears', COUNT)).toEqual(all);
      await tom.page.reload();
      await tom.chat('show', id);
      expect(await tom.chat('shows', COUNT)).toEqual(all);
    });
  });
});

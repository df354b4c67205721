import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { describeInBrowser, places, say, texts, world } from './world.js';

describeInBrowser('in Chromium', () => {
  const { server, open, other } = world();

  describe.each(places)('in a %s, over a %s', (place, transport) => {
    it('a client logs in and talks: everything arrives once and in order, both ways', async () => {
      const { url } = await server();
      const jerry = await other(url);
      const conversation = await firstValueFrom(jerry.client.createConversation({ members: ['Tom'] }));
      const tom = await open({ server: url, transport, place });
      await tom.chat('opens');
      expect(await tom.chat('capabilities')).toEqual({ pause: transport === 'WebSocketStream' });
      const [questions, answers] = [texts('question', 50), texts('answer', 50)];
      await tom.chat('say', conversation.id, questions);
      await Promise.all(answers.map((words) => say(conversation, words)));
      expect(await tom.chat('hears', 50)).toEqual(answers);
      expect(await jerry.hears(50)).toEqual(questions);
      expect(await tom.chat('keeps', 0)).toEqual([]);
    });
  });
});

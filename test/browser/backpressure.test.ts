/** A client that stops reading: the server waits for it, or the client says that it can't take so much. */
import { Subject, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text } from 'rx-realtime';
import type { RtmServer } from 'rx-realtime/server';
import { faultProxy } from '../faults/proxy.js';
import { describeInBrowser, texts, world, type Tab, type TabOptions } from './world.js';

const FILLING = ' '.padEnd(4_000, 'x');
const MB = 1_048_576;
/** How many are sent at the same time. */
const TOGETHER = 50;
/** So many messages have room in the browser, beside the frame that closes the connection. */
const LITTLE = 10;

describeInBrowser('a client that stops reading', () => {
  const { atEnd, server, open: openTab } = world();

  const waiting = async ({ stats$ }: RtmServer): Promise<number> => (await firstValueFrom(stats$)).bufferedBytes;

  /** Sends long messages until this is true, or so many are sent. Resolves with their texts. */
  const send = async (
    { backEnd }: RtmServer,
    id: string,
    most: number,
    isEnough: () => Promise<boolean>,
  ): Promise<readonly string[]> => {
    const all = texts('message', most).map((words) => words + FILLING);
    for (let sent = 0; sent < most; sent += TOGETHER) {
      const some = all.slice(sent, sent + TOGETHER);
      await Promise.all(some.map((words) => backEnd.send(id, { from: 'Jerry', body: text(words) })));
      await new Promise(setImmediate);
      if (await isEnough()) return all.slice(0, sent + TOGETHER);
    }
    return all;
  };
  /** Tom hears one message: his client knows the conversation from then on. */
  const begin = async ({ backEnd }: RtmServer, tom: Tab): Promise<string> => {
    const { id } = await backEnd.create({ members: ['Tom'] });
    await backEnd.send(id, { from: 'Jerry', body: text('first') });
    await tom.chat('hears', 1);
    return id;
  };
  const never = (): Promise<boolean> => Promise.resolve(false);

  describe.each(['page', 'worker'] as const)('in a %s, over a WebSocketStream', (place) => {
    const open = (options: TabOptions): Promise<Tab> =>
      openTab({ transport: 'WebSocketStream', place, quiet: true, ...options });

    it('makes the server wait, and then gets everything once and in order', async () => {
      const chosen = await server();
      const tom = await open({ server: chosen.url, high: 100 });
      await tom.chat('opens');
      const id = await begin(chosen, tom);
      await tom.chat('stop');
      const sent = await send(chosen, id, 5_000, async () => (await waiting(chosen)) > MB);
      // What has left the server is kept by the browser, and by the system on both sides.
      const onTheWay = sent.length * FILLING.length - (await waiting(chosen));
      process.stderr.write(`A ${place} that reads nothing takes ${(onTheWay / 1e6).toFixed(1)} MB.\n`);
      expect(onTheWay).toBeGreaterThan(0.5 * MB);
      expect(onTheWay).toBeLessThan(16 * MB);
      await tom.chat('goOn');
      expect(await tom.chat('hears', sent.length + 1)).toEqual(['first', ...sent]);
    });

    it.each([
      [
        'notices a close of the server at once if little is unread, and gets from the history what it has overtaken',
        LITTLE,
      ],
      ['notices it behind what is unread if that is much, and gets everything once and in order', 200],
    ])('%s', async (_, count) => {
      const chosen = await server();
      const proxy = await faultProxy(chosen.port);
      atEnd(() => proxy.close());
      const tom = await open({ server: proxy.url });
      await tom.chat('opens');
      const id = await begin(chosen, tom);
      await tom.chat('hold');
      const sent = await send(chosen, id, count, never);
      proxy.inflict({ _tag: 'Close', code: 1001 });
      if (count === LITTLE) await tom.chat('loses', 1);
      await tom.chat('letGo');
      expect(await tom.chat('hears', count + 1)).toEqual(['first', ...sent]);
      await tom.chat('loses', 1);
    });

    it('is told of a gap in a chat room, which has no such history', async () => {
      const chosen = await server();
      const proxy = await faultProxy(chosen.port);
      atEnd(() => proxy.close());
      const { id } = await chosen.backEnd.create({ kind: 'room' });
      const tom = await open({ server: proxy.url });
      await tom.chat('enter', id);
      await chosen.backEnd.send(id, { from: 'Jerry', body: text('first') });
      await tom.chat('hears', 1);
      await tom.chat('hold');
      await send(chosen, id, LITTLE, never);
      proxy.inflict({ _tag: 'Close', code: 1001 });
      await tom.chat('loses', 1);
      await tom.chat('letGo');
      await tom.chat('misses', 1);
    });

    it('leaves at once, with much unread', async () => {
      const offline = new Subject<string>();
      const chosen = await server({ hooks: { clientOffline: ({ peerId }) => offline.next(peerId) } });
      const { id } = await chosen.backEnd.create({ members: ['Tom'] });
      const tom = await open({ server: chosen.url });
      await tom.chat('opens');
      await tom.chat('hold');
      await send(chosen, id, 500, never);
      const left = firstValueFrom(offline);
      await tom.chat('close');
      expect(await left).toBe('Tom');
      await tom.chat('ends');
    });
  });

  describe('over a WebSocket', () => {
    it('is told by an error that it can not keep everything', async () => {
      const chosen = await server();
      const tom = await openTab({ server: chosen.url, transport: 'WebSocket', quiet: true, high: 100 });
      await tom.chat('opens');
      const id = await begin(chosen, tom);
      await tom.chat('stop');
      await send(chosen, id, 500, never);
      await tom.tells({ error: 'Overflow' });
    });
  });
});

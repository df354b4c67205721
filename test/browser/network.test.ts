/** A network that is lost, that changes, or that breaks in the middle of a frame; and a server that is killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/checks/tool.js';
import { faultProxy, type Fault } from '../faults/proxy.js';
import { breakOf, describeInBrowser, say, texts, transports, world, type Transport } from './world.js';

/** How the connections end, one after the other. */
const endsOf = (transport: Transport): readonly Fault[] =>
  transport === 'WebSocket'
    ? [{ _tag: 'Cut' }, { _tag: 'CutInFrame' }, { _tag: 'Close', code: 1001 }, { _tag: 'Cut' }]
    : Array.from({ length: 4 }, () => breakOf(transport));

describeInBrowser('a page with a bad network', () => {
  const { atEnd, server, open, other } = world();

  /** The command of the package in a process of its own. Resolves when it listens. */
  const serve = async (
    data: string,
    port: number,
  ): Promise<{ readonly url: string; readonly process: ChildProcess }> => {
    const child = spawn(
      process.execPath,
      [`${root}dist/bundled/server/bin.js`, 'serve', '--data', data, '--port', String(port)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    atEnd(() => child.kill('SIGKILL'));
    for await (const line of createInterface(child.stdout)) {
      const { msg, url } = JSON.parse(line) as { readonly msg?: string; readonly url?: string };
      if (msg === 'listening' && url !== undefined) return { url, process: child };
    }
    throw new Error('the server did not start');
  };

  describe.each(transports)('over a %s', (transport) => {
    it('is offline while the browser has none, and goes on over another one: nothing is lost or doubled', async () => {
      const { url, port } = await server();
      const proxy = await faultProxy(port);
      atEnd(() => proxy.close());
      const jerry = await other(url);
      const here = await firstValueFrom(jerry.client.createConversation({ members: ['Tom'] }));
      const tom = await open({ server: proxy.url, transport, quiet: true });
      await tom.chat('opens');
      await say(here, 'first');
      await tom.chat('hears', 1);
      const devtools = await tom.page.context().newCDPSession(tom.page);
      const emulate = (offline: boolean, latency: number) =>
        devtools.send('Network.emulateNetworkConditions', {
          offline,
          latency,
          downloadThroughput: -1,
          uploadThroughput: -1,
        });
      // The old network takes what is said, and brings nothing.
      proxy.inflict({ _tag: 'LoseAnswers' });
      await tom.chat('say', here.id, ['before']);
      await emulate(true, 0);
      await tom.chat('is', 'Offline');
      await tom.chat('say', here.id, ['meanwhile']);
      const missed = texts('missed', 20);
      for (const words of missed) await say(here, words);
      await emulate(false, 20);
      expect(await tom.chat('hears', 21)).toEqual(['first', ...missed]);
      await tom.chat('say', here.id, ['after']);
      expect(await jerry.hears(3)).toEqual(['before', 'meanwhile', 'after']);
    });

    it('loses and doubles nothing when its connection ends again and again while both sides talk', async () => {
      const { url, port } = await server();
      const proxy = await faultProxy(port);
      atEnd(() => proxy.close());
      const jerry = await other(url);
      const here = await firstValueFrom(jerry.client.createConversation({ members: ['Tom'] }));
      const tom = await open({ server: proxy.url, transport, quiet: true });
      await tom.chat('opens');
      const [questions, answers] = [texts('question', 60), texts('answer', 60)];
      await tom.chat('say', here.id, questions);
      const ends = endsOf(transport);
      for (const [n, words] of answers.entries()) {
        await say(here, words);
        const end = n % 15 === 7 ? ends[Math.floor(n / 15)] : undefined;
        if (end !== undefined) proxy.inflict(end);
      }
      expect(await tom.chat('hears', 60)).toEqual(answers);
      expect(await jerry.hears(60)).toEqual(questions);
      await tom.chat('keeps', 0);
    });

    it('loses and doubles nothing when the server is killed and comes back', async () => {
      const data = mkdtempSync(join(tmpdir(), 'rx-realtime-browser-'));
      atEnd(() => rmSync(data, { recursive: true }));
      const first = await serve(data, 0);
      const jerry = await other(first.url);
      const here = await firstValueFrom(jerry.client.createConversation({ members: ['Tom'] }));
      const tom = await open({ server: first.url, transport, quiet: true });
      await tom.chat('opens');
      await tom.chat('say', here.id, ['before']);
      await say(here, 'before');
      await tom.chat('hears', 1);
      await jerry.hears(1);
      first.process.kill('SIGKILL');
      await once(first.process, 'exit');
      await tom.chat('loses', 1);
      await tom.chat('say', here.id, texts('meanwhile', 5));
      await serve(data, Number(new URL(first.url).port));
      expect(await jerry.hears(6)).toEqual(['before', ...texts('meanwhile', 5)]);
      await firstValueFrom(jerry.client.status$.pipe(filter(({ _tag }) => _tag === 'Open')));
      await say(here, 'after');
      expect(await tom.chat('hears', 2)).toEqual(['before', 'after']);
      await tom.chat('say', here.id, ['after']);
      expect(await jerry.hears(7)).toEqual(['before', ...texts('meanwhile', 5), 'after']);
    });
  });
});

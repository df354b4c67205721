/** An answer of a hook means the same, whether a function gives it or a web hook. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { webHooks, type Hooks } from 'rx-realtime/server';
import { login, page, serve, start, codeOf } from './raw-client.js';

/** The hook as a function, and as a web hook, with the same answer. */
const both = async (name: 'messageReceived' | 'conversationAdd', answer: unknown): Promise<readonly Hooks[]> => {
  const http = createServer((_, response) => response.end(JSON.stringify(answer)));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.close();
    http.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return [{ [name]: () => answer }, webHooks({ url, secret: 's', only: [name] })];
};

/** What becomes of a message that the hook decides on, and how many errors are reported. */
const outcomes = async (answer: unknown): Promise<readonly unknown[]> => {
  const results: unknown[] = [];
  for (const hooks of await both('messageReceived', answer)) {
    let errors = 0;
    const server = await serve({ hooks, onError: () => (errors += 1) });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const sent = await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'one' } });
    results.push([codeOf(sent) !== undefined && sent.cmd === 'ack' ? sent.ackMessage : await page(tom, cid), errors]);
  }
  return results;
};

describe('the answer of a hook', () => {
  it.each([
    [{ drop: false }, [['one'], 0]],
    [{ drop: false, content: 'two' }, [['two'], 0]],
    [{}, [['one'], 0]],
    [{ drop: true, code: 7, detail: 'no' }, [expect.objectContaining({ code: 4402, appCode: 7, appMsg: 'no' }), 0]],
    [{ drop: 'yes' }, [['one'], 1]],
    [{ drop: true, code: 1.5 }, [['one'], 1]],
    [{ content: 5 }, [['one'], 1]],
    ['nonsense', [['one'], 1]],
  ])('%j', async (answer, expected) => {
    expect(await outcomes(answer)).toEqual([expected, expected]);
  });

  it.each([[['']], [['Butch', 'x'.repeat(65)]], [[5]], ['Butch']])(
    'that adds clients whose ids no client could add is passed over and reported (%j)',
    async (members) => {
      for (const hooks of await both('conversationAdd', { members })) {
        let errors = 0;
        const server = await serve({ hooks, onError: () => (errors += 1) });
        const tom = await login(server, 'Tom');
        const cid = await start(tom, ['Jerry']);
        await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike'] } });
        expect(await server.backEnd.members(cid)).toEqual(['Tom', 'Jerry', 'Spike']);
        expect(errors).toBe(1);
      }
    },
  );
});

/** Wills: messages that are sent when the connection of their sender breaks. */
import { memoryStore } from 'rx-realtime/server';
import { describe, expect, it } from 'vitest';
import { dial, login, open, page, say, serve, start, tokenOf, type RawClient, refused } from './raw-client.js';
import { statsNow } from './stats-now.js';

const pair = async (options?: Parameters<typeof serve>[0]) => {
  const server = await serve(options);
  const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
  const cid = await start(tom, ['Jerry']);
  return { server, tom, jerry, cid };
};

const messagesIn = (client: RawClient): readonly (string | undefined)[] =>
  client.inbox.flatMap((push) => (push.cmd === 'direct' ? [push.directMessage.msg] : []));

describe('a will', () => {
  it('is acknowledged and kept; when the connection breaks, it is stored and sent to every member', async () => {
    const { tom, jerry, cid } = await pair();
    await say(tom, cid, { msg: 'goodbye', will: true });
    await jerry.settle();
    expect(messagesIn(jerry)).toEqual([]);
    expect(await page(jerry, cid)).toEqual([]);
    tom.socket.terminate();
    expect((await jerry.push('direct')).directMessage).toMatchObject({ cid, fromPeerId: 'Tom', msg: 'goodbye' });
    expect(await page(jerry, cid)).toEqual(['goodbye']);
  });

  it('is one for each client: a later will replaces it', async () => {
    const { tom, jerry, cid } = await pair();
    for (const msg of ['first', 'second']) await say(tom, cid, { msg, will: true });
    tom.socket.terminate();
    await jerry.push('direct');
    await jerry.settle();
    expect(await page(jerry, cid)).toEqual(['second']);
  });

  it('can be transient', async () => {
    const { tom, jerry, cid } = await pair();
    await say(tom, cid, { msg: 'goodbye', will: true, transient: true });
    tom.socket.terminate();
    expect((await jerry.push('direct')).directMessage).toMatchObject({ transient: true });
    expect(await page(jerry, cid)).toEqual([]);
  });

  it.each<[string, (tom: RawClient, server: Awaited<ReturnType<typeof serve>>) => Promise<unknown>]>([
    ['a logout', (tom) => tom.request({ cmd: 'session', op: 'close', peerId: 'Tom' })],
    ['a kick', (_tom, server) => server.kick('Tom')],
    [
      'a login with the same tag elsewhere',
      async (_tom, server) => {
        await login(server, 'Tom', { tag: 'Web' });
      },
    ],
  ])('is not sent after %s', async (_, leave) => {
    const server = await serve();
    const [tom, jerry] = [await login(server, 'Tom', { tag: 'Web' }), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { msg: 'goodbye', will: true });
    await leave(tom, server);
    tom.socket.close();
    await tom.closed;
    await jerry.settle();
    expect(await page(jerry, cid)).toEqual([]);
  });

  it('is not sent if the client has come back over another socket before', async () => {
    const { server, jerry, cid } = await pair();
    const tom = await dial(server.url);
    const st = tokenOf(await open(tom, 'Tom'));
    await say(tom, cid, { msg: 'goodbye', will: true });
    const again = await dial(server.url);
    await open(again, 'Tom', { st, r: true });
    tom.socket.close();
    await tom.closed;
    await jerry.settle();
    expect(await page(jerry, cid)).toEqual([]);
  });

  it('goes to the other devices of its sender, too, with its options', async () => {
    const { server, tom, jerry, cid } = await pair();
    const phone = await login(server, 'Tom');
    await tom.request({
      cmd: 'direct',
      priority: 2,
      directMessage: { cid, msg: 'goodbye', will: true, r: true, mentionAll: true },
    });
    tom.socket.terminate();
    for (const other of [jerry, phone]) {
      const { priority, directMessage } = await other.push('direct');
      expect({ priority, directMessage }).toMatchObject({
        priority: 2,
        directMessage: { msg: 'goodbye', r: true, mentionAll: true },
      });
      expect(directMessage).not.toHaveProperty('will');
    }
  });

  it('is sent if its sender becomes silent, even if the sender never answers the close', async () => {
    const told: unknown[] = [];
    const server = await serve({
      limits: { silenceTimeout: 200 },
      hooks: { receiversOffline: ({ content, offlinePeers }) => void told.push([content, offlinePeers]) },
    });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { msg: 'goodbye', will: true });
    tom.socket.pause();
    await expect.poll(() => told).toEqual([['goodbye', ['Jerry']]]);
    expect((await statsNow(server)).sockets).toBe(1);
  });

  it('is sent if its sender breaks the rules and the server closes its socket', async () => {
    const { tom, jerry, cid } = await pair({ limits: { frameBytes: 1_000 } });
    await say(tom, cid, { msg: 'goodbye', will: true });
    tom.socket.send(new Uint8Array(1_001));
    expect((await tom.closed).code).toBe(4109);
    expect((await jerry.push('direct')).directMessage.msg).toBe('goodbye');
    await jerry.settle();
    expect(await page(jerry, cid)).toEqual(['goodbye']);
  });

  it('is not sent if the server shuts down', async () => {
    const store = memoryStore();
    const { server, tom, jerry, cid } = await pair({ store });
    await say(tom, cid, { msg: 'goodbye', will: true });
    await server.close();
    await Promise.all([tom.closed, jerry.closed]);
    const again = await serve({ store });
    expect(await page(await login(again, 'Jerry'), cid)).toEqual([]);
  });

  it('is not sent if its sender closes after goaway, but is sent if the connection breaks', async () => {
    const { server, tom, jerry, cid } = await pair();
    const spike = await login(server, 'Tom');
    await say(tom, cid, { msg: 'goodbye', will: true });
    await say(spike, cid, { msg: 'broken', will: true });
    server.goaway();
    await tom.push('goaway');
    tom.socket.close();
    await tom.closed;
    spike.socket.terminate();
    expect((await jerry.push('direct')).directMessage.msg).toBe('broken');
    await jerry.settle();
    expect(await page(jerry, cid)).toEqual(['broken']);
  });

  it('is not sent again at a later break: the next login has to set its own will', async () => {
    const { server, jerry, cid } = await pair();
    const first = await dial(server.url);
    const st = tokenOf(await open(first, 'Tom'));
    await say(first, cid, { msg: 'goodbye', will: true });
    first.socket.terminate();
    await jerry.push('direct');
    const second = await dial(server.url);
    await open(second, 'Tom', { st, r: true });
    second.socket.close();
    await second.closed;
    await jerry.settle();
    expect(await page(jerry, cid)).toEqual(['goodbye']);
  });

  it('is dropped silently if its sender is no longer a member', async () => {
    const errors: unknown[] = [];
    const results: string[] = [];
    const store = memoryStore();
    const append: typeof store.append = async (messages) => {
      const result = await store.append(messages);
      results.push(...result.map(({ _tag }) => _tag));
      return result;
    };
    const { tom, jerry, cid } = await pair({
      store: { ...store, append },
      onError: (failure) => errors.push(failure),
    });
    await say(tom, cid, { msg: 'goodbye', will: true });
    await store.removeMembers(cid, ['Tom']);
    tom.socket.terminate();
    await expect.poll(() => results).toEqual(['NotMember']);
    await jerry.settle();
    expect(await page(jerry, cid)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('to a conversation without its sender as a member is refused at once', async () => {
    const { server, cid } = await pair();
    const spike = await login(server, 'Spike');
    expect(await spike.request({ cmd: 'direct', directMessage: { cid, msg: 'x', will: true } })).toMatchObject(
      refused(4401),
    );
  });
});

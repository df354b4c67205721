/** Wills, push data, priorities, the offline mode, and rates. */
import { subprotocols } from 'rx-realtime/codecs';
import { cloudLimits } from 'rx-realtime/server';
import { describe, expect, it } from 'vitest';
import { dial, login, open, page, say, serve, settable, start, tokenOf, type RawClient } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

const pair = async (options?: Parameters<typeof serve>[0]) => {
  const server = await serve(options);
  const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
  const cid = await start(tom, ['Jerry']);
  return { server, tom, jerry, cid };
};

const messagesIn = (client: RawClient): readonly (string | undefined)[] =>
  client.inbox.flatMap((push) => (push.cmd === 'direct' ? [push.directMessage.msg] : []));

describe('a will', () => {
  it('is acknowledged and kept, and sent when the connection breaks: stored, to every member', async () => {
    const { tom, jerry, cid } = await pair();
    await say(tom, cid, { msg: 'goodbye', will: true });
    await jerry.settle();
    expect(messagesIn(jerry)).toEqual([]);
    expect(await page(jerry, cid)).toEqual([]);
    tom.socket.terminate();
    expect((await jerry.push('direct')).directMessage).toMatchObject({ cid, fromPeerId: 'Tom', msg: 'goodbye' });
    expect(await page(jerry, cid)).toEqual(['goodbye']);
  });

  it('is one for each client: a later one takes its place', async () => {
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

  it('is not sent where the client has come back over another socket first, or the server goes', async () => {
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

  it('to a conversation that is not the sender’s is refused at once', async () => {
    const { server, cid } = await pair();
    const spike = await login(server, 'Spike');
    expect(await spike.request({ cmd: 'direct', directMessage: { cid, msg: 'x', will: true } })).toMatchObject(error(4401));
  });
});

describe('push data', () => {
  it('goes to the application with the members who are not online, once for each stored message', async () => {
    const told: unknown[] = [];
    const server = await serve({ onOffline: (message, clientIds, pushData) => void told.push([message.msg, clientIds, pushData]) });
    const tom = await login(server, 'Tom');
    await login(server, 'Jerry');
    const cid = await start(tom, ['Jerry', 'Spike']);
    await say(tom, cid, { msg: 'a', pushData: '{"alert":"hello"}', dt: 'once' });
    await say(tom, cid, { msg: 'a', pushData: '{"alert":"hello"}', dt: 'once' });
    await say(tom, cid, { msg: 'b', transient: true });
    await say(tom, cid, { msg: 'c' });
    await tom.settle();
    expect(told).toEqual([
      ['a', ['Spike'], { alert: 'hello' }],
      ['c', ['Spike'], undefined],
    ]);
  });

  it('that is no JSON object is refused with 4114; an application that fails is reported', async () => {
    const errors: unknown[] = [];
    const broken = new Error('no push today');
    const server = await serve({ onOffline: () => Promise.reject(broken), onError: (failure) => errors.push(failure) });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    for (const pushData of ['{', '5', '[]', 'null'])
      expect(await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'x', pushData } })).toMatchObject(error(4114));
    await say(tom, cid, { msg: 'x' });
    await tom.settle();
    expect(errors).toEqual([broken]);
  });
});

it('hands a priority on', async () => {
  const { tom, jerry, cid } = await pair();
  await tom.request({ cmd: 'direct', priority: 3, directMessage: { cid, msg: 'x' } });
  expect(await jerry.push('direct')).toMatchObject({ priority: 3 });
});

describe('the offline mode', () => {
  const offline = async (server: Awaited<ReturnType<typeof serve>>, subprotocol = subprotocols.binaryOffline): Promise<RawClient> => {
    const jerry = await dial(server.url, subprotocol);
    await open(jerry, 'Jerry');
    await jerry.settle();
    return jerry;
  };
  const seen = (client: RawClient) =>
    client.inbox.flatMap((push) =>
      push.cmd === 'direct' ? [[push.directMessage.msg, push.directMessage.offline, push.directMessage.hasMore]] : [],
    );

  it.each([subprotocols.binaryOffline, subprotocols.base64Offline])(
    'brings the messages, oldest first, and no counts: $name',
    async (subprotocol) => {
      const server = await serve();
      const tom = await login(server, 'Tom');
      const cid = await start(tom, ['Jerry']);
      for (const msg of ['1', '2']) await say(tom, cid, { msg });
      const jerry = await offline(server, subprotocol as typeof subprotocols.binaryOffline);
      expect(seen(jerry)).toEqual([
        ['1', true, undefined],
        ['2', true, undefined],
      ]);
      expect(jerry.inbox.filter(({ cmd }) => cmd === 'unread')).toEqual([]);
      await say(tom, cid, { msg: '3' });
      expect((await jerry.push('direct', ({ directMessage }) => directMessage.msg === '3')).directMessage.offline).toBeUndefined();
    },
  );

  it('brings the latest 20 of a conversation, and says where there are more', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    for (let n = 0; n < 22; n += 1) await say(tom, cid, { msg: String(n) });
    const messages = seen(await offline(server));
    expect(messages).toHaveLength(20);
    expect([messages[0], messages.at(-1)]).toEqual([
      ['2', true, true],
      ['21', true, undefined],
    ]);
  });

  it('brings nothing again that was acknowledged or read on any device', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const first = await say(tom, cid, { msg: '1' });
    await say(tom, cid, { msg: '2' });
    const phone = await login(server, 'Jerry');
    phone.send({ cmd: 'ack', ackMessage: { cid, mid: first.id } });
    await phone.settle();
    expect(seen(await offline(server))).toEqual([['2', true, undefined]]);
    phone.send({ cmd: 'read', readMessage: { cid } });
    await phone.settle();
    expect(seen(await offline(server))).toEqual([]);
  });
});

describe('rates', () => {
  it('as the cloud has them: the 61st message in a minute is refused with 4116, and one goes again after a second', async () => {
    const clock = settable();
    const server = await serve({ clock, limits: cloudLimits });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    for (let n = 0; n < 60; n += 1) await say(tom, cid, { msg: 'x' });
    const send = () => tom.request({ cmd: 'direct', directMessage: { cid, msg: 'one more' } });
    expect(await send()).toMatchObject(error(4116));
    clock.set(1_001_000);
    expect(await send()).toMatchObject({ cmd: 'ack' });
    expect(await send()).toMatchObject(error(4116));
  });

  it('of history and of other commands are their own, and each client has its own; heartbeats are free', async () => {
    const server = await serve({ clock: settable(), limits: { historyPerMinute: 1, othersPerMinute: 3 } });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    expect(await tom.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject({ cmd: 'logs' });
    expect(await tom.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject(error(4318));
    expect(await tom.request({ cmd: 'conv', op: 'query', convMessage: { where: { data: `{"objectId":"${cid}"}` } } })).toMatchObject({
      op: 'results',
    });
    expect(await tom.request({ cmd: 'conv', op: 'query', convMessage: { where: { data: `{"objectId":"${cid}"}` } } })).toMatchObject(
      error(4318),
    );
    await tom.settle();
    const jerry = await login(server, 'Jerry');
    expect(await jerry.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject(error(4312));
  });
});

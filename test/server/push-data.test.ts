/** Extra data of a message: push data for members who are offline, and a priority. */
import { describe, expect, it } from 'vitest';
import { login, say, serve, start, refused } from './raw-client.js';

describe('push data', () => {
  it('goes to the application with the members who are offline, once for each stored message', async () => {
    const told: unknown[] = [];
    const server = await serve({
      hooks: {
        receiversOffline: ({ content, offlinePeers, pushData }) => void told.push([content, offlinePeers, pushData]),
      },
    });
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

  it('does not go to members who have muted the conversation', async () => {
    const told: unknown[] = [];
    const server = await serve({
      hooks: { receiversOffline: ({ content, offlinePeers }) => void told.push([content, offlinePeers]) },
    });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry', 'Spike']);
    const alone = await start(tom, ['Jerry']);
    for (const conversation of [cid, alone])
      await jerry.request({ cmd: 'conv', op: 'mute', convMessage: { cid: conversation } });
    await jerry.request({ cmd: 'session', op: 'close', peerId: 'Jerry' });
    await say(tom, cid, { msg: 'a' });
    await say(tom, alone, { msg: 'b' });
    await tom.settle();
    expect(told).toEqual([['a', ['Spike']]]);
  });

  it('that is not a JSON object is refused with 4114; a hook that fails is reported', async () => {
    const errors: unknown[] = [];
    const broken = new Error('no push today');
    const server = await serve({
      hooks: { receiversOffline: () => Promise.reject(broken) },
      onError: (failure) => errors.push(failure),
    });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    for (const pushData of ['{', '5', '[]', 'null'])
      expect(await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'x', pushData } })).toMatchObject(
        refused(4114),
      );
    await say(tom, cid, { msg: 'x' });
    await tom.settle();
    expect(errors).toEqual([broken]);
  });
});

it('passes on a priority', async () => {
  const server = await serve();
  const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
  const cid = await start(tom, ['Jerry']);
  await tom.request({ cmd: 'direct', priority: 3, directMessage: { cid, msg: 'x' } });
  expect(await jerry.push('direct')).toMatchObject({ priority: 3 });
});

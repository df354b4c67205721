/** How often a client may send commands. */
import { cloudLimits, defaultLimits } from 'rx-realtime/server';
import { describe, expect, it } from 'vitest';
import { dial, login, open, say, serve, settable, start, refused } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

describe('rates', () => {
  it('refuse the 61st message in a minute with 4116, as the cloud does; after a second, one more may go', async () => {
    const clock = settable();
    const server = await serve({ clock, limits: cloudLimits });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    for (let n = 0; n < 60; n += 1) await say(tom, cid, { msg: 'x' });
    const send = () => tom.request({ cmd: 'direct', directMessage: { cid, msg: 'one more' } });
    expect(await send()).toMatchObject(refused(4116));
    clock.set(1_001_000);
    expect(await send()).toMatchObject({ cmd: 'ack' });
    expect(await send()).toMatchObject(refused(4116));
  });

  it('are separate for history and for other commands, and for each client; heartbeats are not counted', async () => {
    const server = await serve({ clock: settable(), limits: { historyPerMinute: 1, othersPerMinute: 3 } });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    expect(await tom.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject({ cmd: 'logs' });
    expect(await tom.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject(error(4318));
    expect(
      await tom.request({ cmd: 'conv', op: 'query', convMessage: { where: { data: `{"objectId":"${cid}"}` } } }),
    ).toMatchObject({
      op: 'results',
    });
    expect(
      await tom.request({ cmd: 'conv', op: 'query', convMessage: { where: { data: `{"objectId":"${cid}"}` } } }),
    ).toMatchObject(error(4318));
    await tom.settle();
    const jerry = await login(server, 'Jerry');
    expect(await jerry.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject(error(4312));
  });

  it('count edits and recalls as messages', async () => {
    const server = await serve({ clock: settable(), limits: { sendsPerMinute: 2 } });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    const { id } = await say(tom, cid, { msg: 'x' });
    const edit = () =>
      tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid: id, data: 'y' }] } });
    expect(await edit()).toMatchObject({ op: 'modified' });
    expect(await edit()).toMatchObject(error(4116));
  });

  it('count the logins of a client on all its connections; it can log in again later', async () => {
    const clock = settable();
    const server = await serve({ clock, limits: { othersPerMinute: 2 } });
    const logIn = async () => open(await dial(server.url), 'Tom');
    expect(await logIn()).toMatchObject({ op: 'opened' });
    expect(await logIn()).toMatchObject({ op: 'opened' });
    expect(await logIn()).toMatchObject(error(4318));
    clock.set(clock.now() + 30_000);
    expect(await logIn()).toMatchObject({ op: 'opened' });
    expect(await logIn()).toMatchObject(error(4318));
  });

  it('of a client cannot be used up by other clients that use its name', async () => {
    const limits = { sendsPerMinute: 1, othersPerMinute: 2 };
    const server = await serve({ clock: settable(), limits, verifyLogin: ({ tag }) => tag !== 'stranger' });
    const tom = await login(server, 'Tom');
    const stranger = await dial(server.url);
    for (let n = 0; n < 3; n += 1) {
      expect(await open(stranger, 'Tom', { tag: 'stranger' })).toMatchObject(error(4102));
      expect(
        await stranger.request({ cmd: 'direct', peerId: 'Tom', directMessage: { cid: 'c', msg: 'x' } }),
      ).toMatchObject(error(4105));
    }
    const cid = await start(tom, []);
    await say(tom, cid, { msg: 'x' });
  });

  it('are forgotten when a client is quiet, and kept while it is busy', async () => {
    const clock = settable();
    const server = await serve({ clock, limits: { sendsPerMinute: 1 } });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const send = (client: typeof tom) => client.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } });
    await send(jerry);
    clock.set(clock.now() + 59_000);
    await send(tom);
    clock.set(clock.now() + 1_000);
    expect(await send(jerry)).toMatchObject({ cmd: 'ack' });
    expect(await send(tom)).toMatchObject(refused(4116));
  });

  it('have no limit by default', async () => {
    const server = await serve({ clock: settable() });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    for (let n = 0; n < 200; n += 1) await say(tom, cid, { msg: 'x' });
    expect(defaultLimits).toMatchObject({
      sendsPerMinute: Infinity,
      historyPerMinute: Infinity,
      othersPerMinute: Infinity,
    });
  });
});

/** How often a client may ask. */
import { cloudLimits } from 'rx-realtime/server';
import { describe, expect, it } from 'vitest';
import { login, say, serve, settable, start } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

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

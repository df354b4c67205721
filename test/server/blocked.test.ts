/** Who is blocked is no member, whatever the store does. */
import { describe, expect, it } from 'vitest';
import { memoryStore } from 'rx-realtime/server';
import { failingOnce, faulty } from './faulty-store.js';
import { login, serve, start, type RawClient, type Received, refused } from './raw-client.js';

const block = (client: RawClient, srcCid: string, id: string): Promise<Received> =>
  client.request({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid, toPids: [id] } });

const cast = async (kind: 'ordinary' | 'room') => {
  const store = memoryStore();
  const { faultOf, fail } = failingOnce();
  const server = await serve({ store: faulty(store, faultOf), onError: () => undefined });
  const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
  const cid = await start(tom, kind === 'room' ? [] : ['Spike'], kind === 'room' ? { transient: true } : {});
  return { store, fail, server, tom, spike, cid };
};

describe('a block that the store has answered with an error', () => {
  it.each(['before', 'after'] as const)('is done when it is repeated (%s the change)', async (fault) => {
    const { fail, server, tom, spike, cid } = await cast('ordinary');
    fail('setListed', fault);
    expect(await block(tom, cid, 'Spike')).toMatchObject({ cmd: 'error', errorMessage: { code: 4200 } });
    expect(await block(tom, cid, 'Spike')).toMatchObject({
      op: 'blocked',
      blacklistMessage: { allowedPids: ['Spike'] },
    });
    expect(await server.backEnd.members(cid)).toEqual(['Tom']);
    expect(await spike.request({ cmd: 'direct', directMessage: { cid, msg: 'still here?' } })).toMatchObject(
      refused(4401),
    );
  });

  it.each(['before', 'after'] as const)('puts the client out of the room when it is repeated (%s)', async (fault) => {
    const { fail, server, tom, spike, cid } = await cast('room');
    await spike.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike'] } });
    fail('setListed', fault);
    await block(tom, cid, 'Spike');
    await block(tom, cid, 'Spike');
    expect(await server.backEnd.members(cid)).toEqual([]);
  });
});

it('a block removes a member that was on the list already', async () => {
  const { store, server, tom, cid } = await cast('ordinary');
  await store.setListed(cid, 'blocked', ['Spike'], true, 500);
  await store.addMembers(cid, ['Spike'], 500);
  await block(tom, cid, 'Spike');
  expect(await server.backEnd.members(cid)).toEqual(['Tom']);
});

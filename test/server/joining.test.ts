/** Which clients may not join, and the code of the refusal. */
import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { login, serve, start, type RawClient, type Received } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });
const join = (client: RawClient, cid: string, m: readonly string[], signed: object = {}): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [...m], ...signed } });
const membersOf = async (client: RawClient, cid: string): Promise<unknown> => {
  const answer = await client.request({ cmd: 'conv', op: 'count', convMessage: { cid } });
  return answer.cmd === 'conv' && answer.op === 'result' ? answer.convMessage.count : answer;
};

it('nobody can join a temporary conversation: 4314, for a stranger, a member and an added client', async () => {
  const server = await serve();
  const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
  const cid = await start(tom, ['Jerry'], { tempConv: true });
  for (const [client, m] of [
    [spike, ['Spike']],
    [tom, ['Tom']],
    [tom, ['Spike']],
  ] as const)
    expect(await join(client, cid, m)).toMatchObject(error(4314));
  expect(await membersOf(tom, cid)).toBe(2);
});

it('a blocked client cannot join: 4315, until it is unblocked', async () => {
  const server = await serve();
  const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
  const cid = await start(tom, ['Jerry']);
  await server.backEnd.block(cid, ['Spike']);
  expect(await join(spike, cid, ['Spike'])).toMatchObject({
    op: 'added',
    convMessage: { failedPids: [{ code: 4315, pids: ['Spike'] }] },
  });
  expect(await membersOf(tom, cid)).toBe(2);
  await server.backEnd.unblock(cid, ['Spike']);
  expect(await join(spike, cid, ['Spike'])).toMatchObject({ op: 'added', convMessage: { allowedPids: ['Spike'] } });
});

it.each(['ordinary', 'room', 'system'] as const)(
  'if joining has to be signed, a client without a valid signature cannot join: 4302 (%s)',
  async (kind) => {
    const server = await serve({ masterKey: 'key', signed: ['join'] });
    const spike = await login(server, 'Spike');
    const { id: cid } = await server.backEnd.create({ kind });
    const t = Date.now();
    const sign = (n: string, action = 'invite') => ({
      t,
      n,
      s: createHmac('sha1', 'key').update(`app:Spike:${cid}:Spike:${t}:${n}:${action}`).digest('hex'),
    });
    for (const signed of [{}, { t, n: 'n' }, { ...sign('1'), s: 'x'.repeat(40) }, sign('2', 'kick')])
      expect(await join(spike, cid, ['Spike'], signed)).toMatchObject(error(4302));
    expect(await server.backEnd.members(cid)).toEqual([]);
    expect(await join(spike, cid, ['Spike'], sign('3'))).toMatchObject({
      op: 'added',
      convMessage: { allowedPids: ['Spike'] },
    });
    expect(await server.backEnd.members(cid)).toEqual(['Spike']);
  },
);

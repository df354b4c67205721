/** Sessions of one client on several nodes: which of them is good, whichever node it is on. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dial, open, tokenOf, type RawClient } from '../../server/raw-client.js';
import { callApi, LEASE, startCluster, until, type Cluster } from '../cluster.js';
import { wrongPresence } from '../traffic.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());

/** A client on a node, and the code of what has closed its session: 0 if its socket was closed. */
const loginAt = async (
  index: number,
  name: string,
  fields: Parameters<typeof open>[2] = {},
): Promise<{ readonly client: RawClient; readonly token: string; readonly ended: () => number | undefined }> => {
  const client = await dial(cluster.node(index).url);
  const answer = await open(client, name, fields);
  // Of two at the same instant, one may be displaced before it is answered.
  const isDisplaced = answer.cmd === 'session' && answer.op === 'closed';
  if (isDisplaced) client.inbox.push(answer);
  const token = isDisplaced ? '' : tokenOf(answer);
  let isClosed = false;
  client.socket.once('close', () => (isClosed = true));
  return {
    client,
    token,
    ended: () => {
      for (const command of client.inbox)
        if (command.cmd === 'session' && command.op === 'closed') return command.sessionMessage?.code ?? 0;
      return isClosed ? 0 : undefined;
    },
  };
};

it('of two logins with one tag at the same instant on two nodes, exactly one survives', async () => {
  for (let round = 0; round < 8; round += 1) {
    const name = `twice-${round}`;
    const all = await Promise.all([loginAt(0, name, { tag: 'phone' }), loginAt(1, name, { tag: 'phone' })]);
    await until('one is displaced', () => all.some(({ ended }) => ended() !== undefined), LEASE);
    // Whatever is still on its way arrives before these answers.
    await Promise.all(all.filter(({ ended }) => ended() === undefined).map(({ client }) => client.settle()));
    expect(all.map(({ ended }) => ended()).sort()).toEqual([4111, undefined]);
    expect(await wrongPresence(cluster, [name], true)).toEqual([]);
  }
});

it('a login displaces the one with its tag on another node, also one that is cut off from NATS', async () => {
  const first = await loginAt(0, 'displaced', { tag: 'phone' });
  const second = await loginAt(1, 'displaced', { tag: 'phone' });
  await until('the first is displaced', () => first.ended() !== undefined, LEASE);
  expect([first.ended(), second.ended()]).toEqual([4111, undefined]);
  cluster.node(1).toNats.cut();
  const third = await loginAt(2, 'displaced', { tag: 'phone' });
  cluster.node(1).toNats.mend();
  await until('the second is displaced', () => second.ended() !== undefined);
  expect([second.ended(), third.ended()]).toEqual([4111, undefined]);
});

it('a kick by the back end at one node ends the sessions on all, also on one that is cut off from NATS', async () => {
  const sessions = await Promise.all([0, 1, 2].map((index) => loginAt(index, 'kicked')));
  cluster.node(2).toNats.cut();
  await callApi(cluster.node(1), '/1.2/rtm/clients/kicked/kick', { reason: 'enough' });
  await until('two are kicked', () => sessions.slice(0, 2).every(({ ended }) => ended() !== undefined), LEASE);
  await wait(LEASE / 2);
  cluster.node(2).toNats.mend();
  await until('all are kicked', () => sessions.every(({ ended }) => ended() !== undefined));
  expect(sessions.map(({ ended }) => ended())).toEqual([4115, 4115, 4115]);
  expect(await wrongPresence(cluster, ['kicked'], false)).toEqual([]);
});

it('a session is resumed on another node, and the one that it was on lets go of it', async () => {
  const first = await loginAt(0, 'roams', { tag: 'phone' });
  first.client.socket.terminate();
  const second = await dial(cluster.node(1).url);
  expect(await open(second, 'roams', { tag: 'phone', st: first.token })).toMatchObject({
    cmd: 'session',
    op: 'opened',
  });
  expect(await wrongPresence(cluster, ['roams'], true)).toEqual([]);
  second.socket.terminate();
  expect(await wrongPresence(cluster, ['roams'], false)).toEqual([]);
});

it('a session is resumed on another node while its own node is cut off, and pushes go to the new socket alone', async () => {
  const first = await loginAt(0, 'moves', { tag: 'phone' });
  cluster.node(0).toNats.cut();
  const second = await dial(cluster.node(1).url);
  await open(second, 'moves', { tag: 'phone', st: first.token });
  cluster.node(0).toNats.mend();
  await until(
    'the old socket has no session',
    async () => (await cluster.node(0).metric('rx_realtime_sessions')) === 0,
  );
  const ann = await loginAt(2, 'ann');
  const started = await ann.client.request({
    ...{ cmd: 'conv', op: 'start', peerId: 'ann' },
    convMessage: { m: ['ann', 'moves'], unique: false },
  });
  if (started.cmd !== 'conv' || started.op !== 'started') throw new Error(JSON.stringify(started));
  const { cid } = started.convMessage;
  await ann.client.request({ cmd: 'direct', peerId: 'ann', directMessage: { cid, msg: 'for who is there' } });
  await second.push('direct');
  if (first.ended() === undefined) await first.client.settle();
  expect(first.client.inbox.filter(({ cmd }) => cmd === 'direct')).toEqual([]);
  await second.settle();
  expect(await wrongPresence(cluster, ['moves'], true)).toEqual([]);
});

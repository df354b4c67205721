/** Nodes that end, stand still and are replaced, while clients talk. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dial, open } from '../../server/raw-client.js';
import { LEASE, NOTICED, startCluster, until, type Cluster } from '../cluster.js';
import { FLAWLESS, underTraffic, wrongPresence } from '../traffic.js';
import { ourTalker } from '../talkers.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());

it('nothing is lost, doubled or out of order when a node is killed', async () => {
  const result = await underTraffic(cluster, 'kill', async ({ goesOn }) => {
    await cluster.node(0).kill();
    await goesOn();
    await cluster.node(0).start();
  });
  expect(result).toMatchObject(FLAWLESS);
});

it('who was on a node that was killed, and does not come back, is offline within two leases', async () => {
  const talker = await ourTalker(
    { name: 'gone', urls: [cluster.node(1).url], acknowledge: () => undefined, pace: () => 1_000 },
    false,
  );
  expect(await wrongPresence(cluster, ['gone'], true)).toEqual([]);
  await cluster.node(1).kill();
  talker.vanish();
  const began = performance.now();
  expect(await wrongPresence(cluster, ['gone'], false)).toEqual([]);
  expect(performance.now() - began).toBeLessThan(NOTICED);
  await talker.close();
  await cluster.node(1).start();
});

it('nothing is lost, doubled or out of order when a node stands still beyond its lease, and goes on', async () => {
  const result = await underTraffic(cluster, 'stop', async ({ goesOn }) => {
    cluster.node(1).pause();
    await wait(LEASE + 2_000);
    await goesOn();
    cluster.node(1).wake();
  });
  await cluster.ready();
  expect(result).toMatchObject(FLAWLESS);
});

it('a node that stood still beyond its lease writes nothing to its clients, and closes their sockets', async () => {
  const [stopped, other] = [cluster.node(2), cluster.node(0)];
  const [sleeper, ann] = [await dial(stopped.url), await dial(other.url)];
  await open(sleeper, 'sleeper', { tag: 'phone' });
  await open(ann, 'ann');
  const started = await ann.request({
    ...{ cmd: 'conv', op: 'start', peerId: 'ann' },
    convMessage: { m: ['ann', 'sleeper'], unique: false },
  });
  if (started.cmd !== 'conv' || started.op !== 'started') throw new Error(JSON.stringify(started));
  const cid = started.convMessage.cid;
  await sleeper.push('conv');
  await sleeper.settle();
  sleeper.inbox.length = 0;
  const closed = new Promise<number>((resolve) => sleeper.socket.once('close', resolve));

  stopped.pause();
  await until(
    'the others have given it up',
    async () => (await wrongPresence(cluster0(), ['sleeper'], false, 0)).length === 0,
  );
  // The same phone comes back elsewhere, and gets the message there.
  const back = await dial(other.url);
  await open(back, 'sleeper', { tag: 'phone' });
  await ann.request({ cmd: 'direct', peerId: 'ann', directMessage: { cid, msg: 'for who is there' } });
  await back.push('direct');
  stopped.wake();

  expect([await closed, sleeper.inbox.filter(({ cmd }) => cmd === 'direct')]).toEqual([1001, []]);
  // The one that is there stays.
  await back.settle();
  expect(await wrongPresence(cluster, ['sleeper'], true)).toEqual([]);
  await cluster.ready();
});

/** The cluster without the node that stands still. */
const cluster0 = (): Cluster => ({ ...cluster, nodes: cluster.nodes.slice(0, 2) });

it('a rolling restart loses nothing, and an outbox settles everything by itself', async () => {
  const result = await underTraffic(cluster, 'roll', async ({ goesOn }) => {
    for (const node of cluster.nodes) {
      expect(await node.stop()).toBe(0);
      await node.start();
      await goesOn();
    }
  });
  expect(result).toMatchObject(FLAWLESS);
});

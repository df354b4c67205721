/** The broker and the database that end, come back, or can't be reached from one node, while clients talk. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LEASE, startCluster, type Cluster } from '../cluster.js';
import { FLAWLESS, underTraffic } from '../traffic.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());

/** Longer than what is found out at once, and shorter than a lease. */
const SHORT = 1_500;

it('nothing is lost, doubled or out of order when NATS is killed and comes back', async () => {
  const result = await underTraffic(cluster, 'nats', async ({ goesOn }) => {
    await cluster.nats.crash();
    await goesOn();
    await wait(SHORT);
    await cluster.nats.start();
  });
  expect(result).toMatchObject(FLAWLESS);
});

it('nothing is lost, doubled or out of order when one node alone can not reach NATS', async () => {
  const result = await underTraffic(cluster, 'cut', async ({ goesOn }) => {
    cluster.node(1).toNats.cut();
    await goesOn();
    await wait(LEASE);
    cluster.node(1).toNats.mend();
  });
  expect(result).toMatchObject(FLAWLESS);
});

it('nothing is lost, doubled or out of order when the line of one node to NATS goes silent', async () => {
  const result = await underTraffic(cluster, 'hush', async ({ goesOn }) => {
    cluster.node(1).toNats.hush();
    await goesOn();
    await wait(2 * LEASE);
    cluster.node(1).toNats.mend();
  });
  expect(result).toMatchObject(FLAWLESS);
});

it('nothing is lost, doubled or out of order when PostgreSQL crashes and comes back', async () => {
  const result = await underTraffic(cluster, 'postgres', async () => {
    await cluster.postgres.restart();
  });
  expect(result).toMatchObject(FLAWLESS);
});

it('nothing is lost, doubled or out of order when PostgreSQL is away for longer than a lease', async () => {
  const result = await underTraffic(cluster, 'away', async () => {
    await cluster.postgres.crash();
    await wait(LEASE + SHORT);
    await cluster.postgres.start();
    await cluster.ready();
  });
  expect(result).toMatchObject(FLAWLESS);
});

it('nothing is lost, doubled or out of order when one node alone can not reach PostgreSQL', async () => {
  const result = await underTraffic(cluster, 'alone', async ({ goesOn }) => {
    cluster.node(2).toDatabase.cut();
    await wait(LEASE + SHORT);
    await goesOn();
    cluster.node(2).toDatabase.mend();
  });
  await cluster.ready();
  expect(result).toMatchObject(FLAWLESS);
});

it('nothing is lost, doubled or out of order when a node is killed while NATS is away', async () => {
  const result = await underTraffic(cluster, 'two', async ({ goesOn }) => {
    await cluster.nats.crash();
    await cluster.node(0).kill();
    await goesOn();
    await cluster.nats.start();
    await cluster.node(0).start();
  });
  expect(result).toMatchObject(FLAWLESS);
});

it('nothing is lost, doubled or out of order when PostgreSQL crashes while a node stands still', async () => {
  const result = await underTraffic(cluster, 'both', async () => {
    cluster.node(1).pause();
    await cluster.postgres.restart();
    await wait(LEASE);
    cluster.node(1).wake();
  });
  await cluster.ready();
  expect(result).toMatchObject(FLAWLESS);
});

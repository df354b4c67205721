/** What happens to a cluster. Each fault is over when its promise resolves; the cluster may need a while after that. */
import { setTimeout as wait } from 'node:timers/promises';
import { LEASE, type Cluster, type ClusterNode } from './cluster.js';

export interface ClusterFault {
  readonly name: string;
  readonly happen: () => Promise<void>;
}

/** How long a node may need until it has started, ms. */
const START_TIME = 60_000;

type Kind = (cluster: Cluster, node: ClusterNode, time: number) => ClusterFault;

/** Starts a node as a supervisor does: again, if the broker or the database is away. */
const startAgain = async (node: ClusterNode): Promise<void> => {
  for (const end = performance.now() + START_TIME; ;)
    try {
      await node.start();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
};

/** `time`: how long it lasts, ms. Some are within a lease, some are beyond. */
const kinds: readonly Kind[] = [
  (_, node, time) => ({
    name: `${node.name} is killed`,
    happen: async () => {
      await node.kill();
      await wait(time);
      await startAgain(node);
    },
  }),
  (_, node, time) => ({
    name: `${node.name} stands still for ${time} ms`,
    happen: async () => {
      node.pause();
      await wait(time);
      node.wake();
    },
  }),
  (_, node) => ({
    name: `${node.name} is replaced`,
    happen: async () => {
      await node.stop();
      await startAgain(node);
    },
  }),
  ({ nats }, _, time) => ({
    name: `NATS is killed for ${time} ms`,
    happen: async () => {
      await nats.crash();
      await wait(time);
      await nats.start();
    },
  }),
  (_, { name, toNats }, time) => ({
    name: `${name} can't reach NATS for ${time} ms`,
    happen: async () => {
      toNats.cut();
      await wait(time);
      toNats.mend();
    },
  }),
  (_, { name, toNats }, time) => ({
    name: `the line of ${name} to NATS is silent for ${time} ms`,
    happen: async () => {
      toNats.hush();
      await wait(time);
      toNats.mend();
    },
  }),
  ({ postgres }) => ({ name: 'PostgreSQL crashes', happen: postgres.restart }),
  (_, { name, toDatabase }, time) => ({
    name: `${name} can't reach PostgreSQL for ${time} ms`,
    happen: async () => {
      toDatabase.cut();
      await wait(time);
      toDatabase.mend();
    },
  }),
];

/** One fault, or two at once, which concern different nodes. */
export const someFaults = (cluster: Cluster, random: () => number): readonly ClusterFault[] => {
  const { nodes } = cluster;
  const first = Math.floor(random() * kinds.length);
  const at = Math.floor(random() * nodes.length);
  const isPair = random() < 0.3;
  const second = (first + 1 + Math.floor(random() * (kinds.length - 1))) % kinds.length;
  return [first, ...(isPair ? [second] : [])].map((kind, index) => {
    const time = Math.round(random() * 2 * LEASE);
    const make = kinds[kind];
    if (make === undefined) throw new Error(`there is no fault ${kind}`);
    return make(cluster, cluster.node((at + index) % nodes.length), time);
  });
};

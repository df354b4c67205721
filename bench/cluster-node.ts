/**
 * A node of `bench/cluster.ts`: `cluster-node.ts <database> <nats>`. Without NATS, it is a server alone, without a
 * bus between processes.
 */
import { either as E } from 'fp-ts';
import { clusterBus, createServer, openPostgresStore } from 'rx-realtime/server';
import { GROUPS, memberId, NodeOrder } from './cluster-orders.js';

const [database = '', nats = ''] = process.argv.slice(2);

const store = await openPostgresStore({ url: database });
const { url, backEnd } = await createServer({
  store,
  ...(nats === '' ? {} : { bus: await clusterBus({ store, nats }) }),
  // All clients of a bench have one address.
  limits: { connections: Infinity, connectionsByAddress: Infinity, memberships: Infinity },
});

const create = async (): Promise<object> => {
  const groups: string[] = [];
  for (const size of GROUPS)
    groups.push((await backEnd.create({ members: Array.from({ length: size }, (_, index) => memberId(index)) })).id);
  return { groups, room: (await backEnd.create({ kind: 'room' })).id };
};

process.on('message', (message) => {
  const order = NodeOrder.decode(message);
  if (E.isLeft(order)) throw new Error(`no order: ${JSON.stringify(message)}`);
  if (order.right.order === 'create') {
    void create().then((created) => process.send?.(created));
    return;
  }
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system });
});
process.on('disconnect', () => process.exit());
process.send?.({ url });

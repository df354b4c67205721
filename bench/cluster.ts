/**
 * `npm run bench:cluster`: what a message costs in a cluster of 1, 2 and 3 nodes over PostgreSQL and NATS, compared
 * with one server without a bus: CPU time of the nodes, of NATS and of PostgreSQL for a message from one client to
 * another one on another node, for a group of 100 and of 500, and for a chat room. The load comes from processes of
 * its own. Rounds are interleaved, and figures are medians. `-- --rounds 3` makes it shorter, `-- --occupants 500`
 * makes the room smaller. PostgreSQL and NATS are started for it by scripts/services.sh.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { start, type Child } from './child.js';
import { Cpu, Created, Done, GROUPS, Loaded, Serving, type LoadOrder } from './cluster-orders.js';
import { median } from './rounds.js';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, occupants: { type: 'string', default: '5000' } },
});
const ROUNDS = Number(values.rounds);
const OCCUPANTS = Number(values.occupants);
/** All clients log in within this time, ms. */
const LOGINS = 300_000;
/** All messages of a round arrive within this time, ms. */
const SENDS = 600_000;
/** How long the clusters are watched while nobody says anything, ms. */
const IDLE = 4_000;

/** From the directory of the repository, where a bench is run. */
const script = join(process.cwd(), 'scripts', 'services.sh');

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });

interface Service {
  readonly url: string;
  /** CPU time so far of all its processes, microseconds. */
  readonly cpu: () => number;
  readonly stop: () => void;
}

/** A process's number, its parent's, and its CPU time in hundredths of a second; undefined if it has ended. */
const statOf = (pid: string): { readonly parent: string; readonly ticks: number } | undefined => {
  try {
    // The name of the program is in parentheses, and may have spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { parent: fields[1] ?? '', ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
};

const MICROSECONDS_OF_TICK = 10_000;
const cpuOfTree = (root: string): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid, stat: statOf(pid) }))
    .filter(({ pid, stat }) => pid === root || stat?.parent === root)
    .reduce((sum, { stat }) => sum + (stat?.ticks ?? 0) * MICROSECONDS_OF_TICK, 0);

const startService = async (name: 'postgres' | 'nats', pidFile: string): Promise<Service> => {
  const prefix = `RX_REALTIME_TEST_${name.toUpperCase()}`;
  const home = join(tmpdir(), `rx-realtime-${name}-bench-${process.pid}`);
  const env = { ...process.env, [`${prefix}_HOME`]: home, [`${prefix}_PORT`]: String(await freePort()) };
  const call = (command: string): string => {
    const { status, stdout, stderr } = spawnSync(script, [command, name], { encoding: 'utf8', env });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim().split('\n').at(-1) ?? '';
  };
  const url = call('present');
  const [pid = ''] = readFileSync(join(home, pidFile), 'utf8').split('\n');
  return { url, cpu: () => cpuOfTree(pid.trim()), stop: () => call('stop') };
};

const database = await startService('postgres', 'data/postmaster.pid');
const broker = await startService('nats', 'pid');
process.once('exit', () => {
  database.stop();
  broker.stop();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

interface Contender {
  readonly name: string;
  readonly nodes: readonly Child[];
  readonly load: Child;
}

const prepare = async (name: string, count: number, nats: string): Promise<Contender> => {
  const schema = `bench_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`create schema ${schema}`);
  await client.end();
  const url = `${database.url}?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
  const nodes: Child[] = [];
  const urls: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const node = start('cluster-node.ts', url, nats);
    urls.push((await node.next(Serving)).url);
    nodes.push(node);
  }
  const [first] = nodes;
  if (first === undefined) throw new Error('a cluster has a node');
  first.send({ order: 'create' });
  const { groups, room } = await first.next(Created);
  const load = start('cluster-load.ts', urls.join(), String(OCCUPANTS), room, ...groups);
  await load.next(Done, LOGINS);
  return { name, nodes, load };
};

interface Sample {
  /** Of each node. */
  readonly nodes: readonly number[];
  readonly broker: number;
  readonly database: number;
  /** ms. */
  readonly at: number;
}

const sample = async ({ nodes }: Contender): Promise<Sample> => {
  const all: number[] = [];
  for (const node of nodes) {
    node.send({ order: 'cpu' });
    all.push((await node.next(Cpu)).cpu);
  }
  return { nodes: all, broker: broker.cpu(), database: database.cpu(), at: performance.now() };
};

/** CPU in microseconds for each message, of all nodes together, of the busiest one, of NATS and PostgreSQL. */
const figures = new Map<string, Map<string, number[]>>();
const note = (line: string, name: string, value: number): void => {
  const own = figures.get(line) ?? new Map<string, number[]>();
  figures.set(line, own.set(name, [...(own.get(name) ?? []), value]));
};
const figure = (line: string, name: string): number => median(figures.get(line)?.get(name) ?? []);

/** What a node does while nobody says anything, microseconds for each ms. */
const idle = new Map<string, number>();
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const measureIdle = async (contender: Contender): Promise<void> => {
  const before = await sample(contender);
  await new Promise((resolve) => setTimeout(resolve, IDLE));
  const after = await sample(contender);
  idle.set(contender.name, (sum(after.nodes) - sum(before.nodes)) / contender.nodes.length / (after.at - before.at));
};

const measure = async (contender: Contender, line: string, order: LoadOrder, isCounted: boolean): Promise<void> => {
  const before = await sample(contender);
  contender.load.send(order);
  const { roundTrip } = await contender.load.next(Loaded, SENDS).catch((error: unknown) => {
    throw new Error(`${line}, ${contender.name}`, { cause: error });
  });
  const after = await sample(contender);
  if (!isCounted) return;
  const rest = (idle.get(contender.name) ?? 0) * (after.at - before.at);
  const nodes = after.nodes.map((cpu, index) => Math.max(0, cpu - (before.nodes[index] ?? 0) - rest) / order.count);
  note(line, contender.name, sum(nodes));
  note(`${line}: busiest node`, contender.name, Math.max(...nodes));
  note(`${line}: NATS`, contender.name, (after.broker - before.broker) / order.count);
  note(`${line}: PostgreSQL`, contender.name, (after.database - before.database) / order.count);
  if (order.inFlight === 1) note('acknowledged in, p50, us', contender.name, roundTrip * 1_000);
};

const SENDING: readonly (LoadOrder & { readonly line: string })[] = [
  { line: 'pair', group: 0, count: 1_000, inFlight: 64 },
  { line: 'group of 100', group: 1, count: 100, inFlight: 16 },
  { line: 'group of 500', group: 2, count: 60, inFlight: 16 },
  ...(OCCUPANTS === 0 ? [] : [{ line: `room of ${OCCUPANTS}`, count: 20, inFlight: 4 }]),
  { line: 'one by one', group: 0, count: 100, inFlight: 1 },
];

const contenders = [await prepare('alone', 1, '')];
for (const count of [1, 2, 3]) contenders.push(await prepare(String(count), count, broker.url));
for (const contender of contenders) await measureIdle(contender);
// One round more than is counted: the compiler warms up.
for (let round = -1; round < ROUNDS; round += 1) {
  const shift = (round + contenders.length) % contenders.length;
  for (const { line, ...order } of SENDING)
    for (const contender of [...contenders.slice(shift), ...contenders.slice(0, shift)])
      await measure(contender, line, order, round >= 0);
}
for (const { load, nodes } of contenders) {
  load.stop();
  for (const node of nodes) node.stop();
}

const rounded = (value: number): number => Number(value.toPrecision(3));
const names = contenders.map(({ name }) => name);
console.log(`CPU for a message, us; medians of ${ROUNDS} rounds; Node ${process.version}`);
console.table(
  Object.fromEntries(
    [...figures].map(([line, own]) => [
      line,
      Object.fromEntries(names.map((name) => [name, rounded(median(own.get(name) ?? []))])),
    ]),
  ),
);
console.log('CPU of a node while nobody says anything, us for each ms');
console.table(Object.fromEntries(names.map((name) => [name, rounded(idle.get(name) ?? 0)])));
/** Keys have no spaces and no sizes that can change. */
const keys: Readonly<Record<string, string>> = {
  pair: 'pair',
  [`group of ${GROUPS[1] ?? 0}`]: 'group100',
  [`group of ${GROUPS[2] ?? 0}`]: 'group500',
  [`room of ${OCCUPANTS}`]: 'room',
};
const ratios = Object.entries(keys).flatMap(([line, key]) =>
  figures.has(line)
    ? names
        .slice(1)
        .map((name): [string, number] => [`${key}.${name}ToAlone`, rounded(figure(line, name) / figure(line, 'alone'))])
    : [],
);
console.log(
  JSON.stringify({
    // What is wanted: a message from one client to another one costs the node that has the most of it 1.5 times as
    // much at most as a server alone.
    busiestNodeOfPair: rounded(figure('pair: busiest node', '2') / figure('pair: busiest node', 'alone')),
    ...Object.fromEntries(ratios),
    thirdNode: rounded(figure('pair', '3') / figure('pair', '2')),
  }),
);

/**
 * `npm run example:cluster`: three nodes on this machine, over PostgreSQL and NATS. Two people talk, each by another
 * node. Then the node of one of them is killed, and started again. Ends by itself. PostgreSQL and NATS are started by
 * `scripts/services.sh`, unless `-- --database postgres://… --nats nats://…` gives others.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startNode, type ClusterNode, type Services } from './nodes.js';
import { twoPeople, type Person } from './people.js';

const { values } = parseArgs({
  options: { database: { type: 'string' }, nats: { type: 'string' }, lines: { type: 'string', default: '30' } },
});
const LINES = Number(values.lines);
/** The time between two lines, ms. */
const PACE = 250;
const NAMES = ['node-1', 'node-2', 'node-3'] as const;

const began = performance.now();
const say = (line: string): void => {
  console.log(`${((performance.now() - began) / 1_000).toFixed(1).padStart(5)} s  ${line}`);
};

/** The address of a service, which is started if it isn't there. */
const service = (name: string): string => {
  // npm runs this in the directory of the repository.
  const script = join(process.cwd(), 'scripts', 'services.sh');
  const { status, stdout, stderr } = spawnSync(script, ['start', name], { encoding: 'utf8' });
  if (status === 0) return stdout.trim().split('\n').at(-1) ?? '';
  console.error(stderr);
  console.error(`Give this example the address of yours: npm run example:cluster -- --database … --nats …`);
  process.exit(1);
};

const services: Services = {
  database: values.database ?? service('postgres'),
  nats: values.nats ?? service('nats'),
};
say('PostgreSQL and NATS are there; three nodes start');
const nodes: ClusterNode[] = await Promise.all(NAMES.map((name) => startNode(name, services)));
for (const { name, url } of nodes) say(`${name} listens at ${url}`);

const showSessions = async (): Promise<void> => {
  const all = await Promise.all(nodes.map(async ({ name, sessions }) => `${name}: ${(await sessions()) ?? 'is dead'}`));
  say(`clients by node: ${all.join(', ')}`);
};

const [ann, ben] = await twoPeople(
  nodes.map(({ url }) => url),
  say,
);
await showSessions();

/** Lines that the server has acknowledged. */
const acknowledged: Record<string, string[]> = { [ann.name]: [], [ben.name]: [] };
const talk = async (person: Person): Promise<void> => {
  const sending: Promise<void>[] = [];
  for (let n = 1; n <= LINES; n += 1) {
    const line = `${person.name} ${n}`;
    // It does not wait for the acknowledgement: people go on writing without a connection.
    sending.push(person.say(line).then(() => void acknowledged[person.name]?.push(line)));
    await wait(PACE);
  }
  await Promise.all(sending);
};
const talking = Promise.all([talk(ann), talk(ben)]);

await wait((LINES * PACE) / 3);
const [first] = nodes;
if (first === undefined) throw new Error('there are three nodes');
say(`--- ${first.name} is killed (kill -9) while ${ann.name} is on it ---`);
await first.kill();
await wait((LINES * PACE) / 3);
await showSessions();
say(`--- ${first.name} is started again ---`);
nodes[0] = await startNode(first.name, services, Number(new URL(first.url).port));
await talking;

const isComplete = (person: Person, other: Person): boolean =>
  person.heard.join() === (acknowledged[other.name] ?? []).join();
const end = performance.now() + 10_000;
while (!(isComplete(ann, ben) && isComplete(ben, ann)) && performance.now() < end) await wait(20);
await showSessions();
for (const [person, other] of [
  [ann, ben],
  [ben, ann],
] as const) {
  const said = acknowledged[other.name] ?? [];
  const verdict = isComplete(person, other) ? 'each once, in order' : 'NOT the same';
  say(`${other.name} said ${said.length} lines, ${person.name} heard ${person.heard.length}: ${verdict}`);
  if (!isComplete(person, other)) process.exitCode = 1;
  person.close();
}
await Promise.all(nodes.map(({ stop }) => stop()));
say('PostgreSQL and NATS stay: scripts/services.sh stop, and scripts/services.sh stop nats');

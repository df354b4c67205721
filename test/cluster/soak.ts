/**
 * `npm run soak:cluster -- --minutes 60`: three nodes over PostgreSQL and NATS, 200 clients of both kinds, and random
 * failures: nodes that are killed, stand still or are replaced, a broker and a database that crash or can't be reached
 * from one node, two of these at once. A run has new clients, some failures, and a proof at its end. Ends with one
 * JSON line. The exit status is 1 if something was lost, doubled, out of order, or left behind. `--seed` gives the
 * same failures again.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sameNumbers } from '../../testing/random.js';
import { NOTICED, startCluster, type Cluster } from './cluster.js';
import { someFaults } from './faults.js';
import { startTraffic, type Result } from './traffic.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    clients: { type: 'string', default: '200' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes should be a number above 0, but is ${values.minutes}`);
const clients = Number(values.clients);
if (!(clients >= 10)) throw new Error(`--clients should be a number of 10 or more, but is ${values.clients}`);
const firstSeed = Number(values.seed ?? Date.now() % 1_000_000_000);

/** Clients of a group: half of them are ours. */
const GROUP = { outbox: 3, plain: 2, published: 5 } as const;
const GROUP_SIZE = GROUP.outbox + GROUP.plain + GROUP.published;
/** The mean time between two lines of a client, ms. */
const PACE = 2_000;
/** The most failures, or pairs of them, in a run. */
const FAILURES = 4;
/** The longest time of quiet before each, ms. */
const QUIET = 4_000;
/** The longest a failure lasts that a connection does not notice, and then some, ms. */
const MARGIN = 3 * NOTICED;
/** What ends all of it: then no process stays behind. */
const GIVE_UP = ['SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection'] as const;

const say = (words: string): void => {
  process.stdout.write(`${words}\n`);
};

const total = { runs: 0, sends: 0, lost: 0, duplicated: 0, reordered: 0, gaps: 0, ghosts: 0, unsettled: 0 };
const counted = ['sends', 'lost', 'duplicated', 'reordered', 'gaps', 'ghosts', 'unsettled'] as const;
let failed = 0;

const playRun = async (cluster: Cluster, seed: number): Promise<Result> => {
  const random = sameNumbers(seed);
  const traffic = await startTraffic({
    ...{ cluster, run: `s${seed}`, groups: Math.round(clients / GROUP_SIZE), ...GROUP, pace: PACE, margin: MARGIN },
    random: sameNumbers(seed + 1),
  });
  await traffic.goesOn(20);
  for (let left = 1 + Math.floor(random() * FAILURES); left > 0; left -= 1) {
    await wait(random() * QUIET);
    const faults = someFaults(cluster, random);
    say(`  ${faults.map(({ name }) => name).join(', and ')}`);
    await Promise.all(faults.map(({ happen }) => happen()));
    for (const node of cluster.nodes)
      if (!node.isRunning()) {
        failed += 1;
        say(`  ${node.name} has ended by itself`);
        await node.start();
      }
    await cluster.ready();
    await traffic.goesOn(20);
  }
  return traffic.end();
};

const cluster = await startCluster();
const giveUp = (why: unknown): void => {
  say(why instanceof Error ? (why.stack ?? why.message) : String(why));
  void cluster.close().finally(() => process.exit(1));
};
for (const event of GIVE_UP) process.once(event, giveUp);
// The published client tells of each break.
Object.assign(console, { warn: () => undefined });

const end = performance.now() + minutes * 60_000;
for (let seed = firstSeed; performance.now() < end; seed += 1) {
  say(`seed ${seed}`);
  try {
    const result = await playRun(cluster, seed);
    for (const key of counted) total[key] += result[key];
    total.runs += 1;
    if (result.problems.length > 0) {
      failed += 1;
      for (const problem of result.problems.slice(0, 20)) say(`  ${problem}`);
      for (const { name, errors } of cluster.nodes)
        for (const line of errors().slice(-3)) say(`  ${name}: ${JSON.stringify(line).slice(0, 500)}`);
    }
    say(`  ${result.sends} messages, ${result.gaps} gaps`);
  } catch (error) {
    // The next run has a cluster that may be hurt: it is not worth much.
    failed += 1;
    say(`  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    break;
  }
}
await cluster.close();
say(JSON.stringify({ seed: firstSeed, ...total, failed }));
process.exit(failed === 0 ? 0 : 1);

/**
 * `npm run bench:server`: what a server costs, compared with Socket.IO and with a bare relay by `ws`. CPU time of the
 * server's process; the load comes from another process. `-- --rounds 3` makes it shorter, `-- --no-idle` leaves the
 * idle sockets out.
 */
import * as t from 'io-ts';
import { parseArgs } from 'node:util';
import { memoryStore } from 'rx-realtime/server';
import { start, type Child } from './child.js';
import { median } from './rounds.js';
import { Cpu, Done, FEW, GROUPS, Heap, Loaded, MANY, RICH, Serving, type LoadOrder } from './server-orders.js';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, 'no-idle': { type: 'boolean', default: false } },
});
const ROUNDS = Number(values.rounds);
const IDLE = values['no-idle'] ? 0 : 10_000;
const NAMES = ['ours', 'socketio', 'bare'] as const;
type Name = (typeof NAMES)[number];

interface Contender {
  readonly name: Name;
  readonly server: Child;
  readonly load: Child;
}

const prepare = async (name: Name): Promise<Contender> => {
  const server = start('server-host.ts', name);
  const { url, groups } = await server.next(Serving, 120_000);
  const load = start('server-load.ts', name, url, ...groups);
  await load.next(Done);
  return { name, server, load };
};

const cpuOf = async ({ server }: Contender): Promise<number> => {
  server.send({ order: 'cpu' });
  return (await server.next(Cpu)).cpu;
};

const heapOf = async ({ server }: Contender): Promise<number> => {
  server.send({ order: 'heap' });
  return (await server.next(Heap)).heap;
};

interface Measured {
  /** CPU of the server, microseconds. */
  readonly cpu: number;
  /** ms. */
  readonly roundTrip: number;
}

const measure = async (contender: Contender, order: LoadOrder): Promise<Measured> => {
  const before = await cpuOf(contender);
  contender.load.send(order);
  const { roundTrip } = await contender.load.next(Loaded, 300_000);
  return { cpu: (await cpuOf(contender)) - before, roundTrip };
};

/** All lines are for one item: a delivery, a login, a query. */
const figures = new Map<string, Map<Name, number[]>>();
const note = (line: string, name: Name, value: number): void => {
  const own = figures.get(line) ?? new Map<Name, number[]>();
  figures.set(line, own.set(name, [...(own.get(name) ?? []), value]));
};
const figure = (line: string, name: Name = 'ours'): number => median(figures.get(line)?.get(name) ?? []);

/** A round of messages. The groups are [2, 100, 500]. */
const SENDING = [
  { line: 'pair, 64 in flight', group: 0, count: 4_000, inFlight: 64 },
  { line: 'group of 100', group: 1, count: 400, inFlight: 16 },
  { line: 'group of 500', group: 2, count: 100, inFlight: 16 },
  { line: 'round trip', group: 0, count: 1_000, inFlight: 1 },
] as const;
const SOME = 200;
const TIMES = 200;

/** CPU of an append, microseconds: until the conversation has as many messages as are kept, and after that. */
const appends = async (): Promise<readonly [before: number, beyond: number]> => {
  const KEPT = 20_000;
  const store = memoryStore({ historyMessages: KEPT, whileSwept: () => () => undefined });
  const now = Date.now();
  const draft = { kind: 'ordinary', members: ['a', 'b'], attributes: {}, unique: false, now } as const;
  const { info } = await store.createConversation(draft);
  const message = {
    conversationId: info.id,
    from: 'a',
    receipt: false,
    mentions: [],
    mentionsAll: false,
    msg: 'x',
    now,
  };
  const append = async (count: number, from: number): Promise<number> => {
    const { user, system } = process.cpuUsage();
    for (let number = from; number < from + count; number += 1)
      await store.append([{ ...message, token: `token-${number}` }]);
    const after = process.cpuUsage();
    return (after.user + after.system - user - system) / count;
  };
  const result = [await append(KEPT, 0), await append(3 * KEPT, KEPT)] as const;
  await store.close();
  return result;
};

const imported = async (): Promise<number> => {
  const child = start('server-import.ts');
  const { ms } = await child.next(t.type({ ms: t.number }));
  child.stop();
  return ms;
};

const contenders: Contender[] = [];
for (const name of NAMES) contenders.push(await prepare(name));
const [ours] = contenders;
if (ours === undefined) throw new Error('there is no server of ours');

// Two rounds more than are counted: the compiler warms up.
for (let round = -2; round < ROUNDS; round += 1) {
  const isCounted = round >= 0;
  const shift = (round + NAMES.length) % NAMES.length;
  const order = [...contenders.slice(shift), ...contenders.slice(0, shift)];
  for (const { line, group, count, inFlight } of SENDING)
    for (const contender of order) {
      const { cpu, roundTrip } = await measure(contender, { order: 'send', group, count, inFlight });
      if (!isCounted) continue;
      note(line, contender.name, cpu / (count * ((GROUPS[group] ?? 0) - 1)));
      if (inFlight === 1) note('round trip p50, us', contender.name, roundTrip * 1_000);
    }
  // The last messages have come since the last login.
  ours.server.send({ order: 'stir', count: SOME });
  await ours.server.next(Done);
  const poor = Array.from({ length: RICH.length }, (_, index) => `poor${index}`);
  const times = TIMES / RICH.length;
  const lines = [
    { line: 'login, 0 conversations', order: { order: 'login', clientIds: poor, times } },
    { line: 'login, 5,000 conversations', order: { order: 'login', clientIds: [...RICH], times } },
    { line: 'own conversations of 100', order: { order: 'query', clientId: FEW, times: TIMES } },
    { line: 'own conversations of 10,000', order: { order: 'query', clientId: MANY, times: TIMES } },
  ] as const satisfies readonly { readonly line: string; readonly order: LoadOrder }[];
  for (const { line, order: wanted } of round % 2 === 0 ? lines : lines.toReversed()) {
    const { cpu } = await measure(ours, wanted);
    if (isCounted) note(line, 'ours', cpu / TIMES);
  }
  const [before, beyond] = await appends();
  if (isCounted) {
    note('append', 'ours', before);
    note('append beyond what is kept', 'ours', beyond);
    note('import, ms', 'ours', await imported());
  }
}

for (const contender of IDLE === 0 ? [] : contenders) {
  const before = await heapOf(contender);
  await measure(contender, { order: 'idle', sockets: IDLE });
  note('idle socket, bytes', contender.name, ((await heapOf(contender)) - before) / IDLE);
}

const rounded = (value: number): number => Number(value.toPrecision(3));
console.log(
  `CPU of the server for one delivery, login or query, us; medians of ${ROUNDS} rounds; Node ${process.version}`,
);
console.table(
  Object.fromEntries(
    [...figures].map(([line, own]) => [
      line,
      Object.fromEntries([...own].map(([name, all]) => [name, rounded(median(all))])),
    ]),
  ),
);
const toSocketIo = (line: string): number => rounded(figure(line) / figure(line, 'socketio'));
const wanted: Readonly<Record<string, readonly [reached: number, most: number]>> = {
  pair: [toSocketIo('pair, 64 in flight'), 2.2],
  group100: [toSocketIo('group of 100'), 0.8],
  group500: [toSocketIo('group of 500'), 1.1],
  roundTrip: [toSocketIo('round trip p50, us'), 1.7],
  login: [rounded(figure('login, 5,000 conversations') / figure('login, 0 conversations')), 2],
  ownConversations: [rounded(figure('own conversations of 10,000') / figure('own conversations of 100')), 2],
  append: [rounded(figure('append beyond what is kept') / figure('append')), 1.2],
  ...(IDLE === 0 ? {} : { idleBytes: [rounded(figure('idle socket, bytes')), 8_192] as const }),
  importMs: [rounded(figure('import, ms')), 260],
};
console.table(
  Object.fromEntries(Object.entries(wanted).map(([name, [reached, most]]) => [name, { reached, 'at most': most }])),
);
console.log(JSON.stringify(Object.fromEntries(Object.entries(wanted).map(([name, [reached]]) => [name, reached]))));
for (const { load, server } of contenders) {
  load.stop();
  server.stop();
}

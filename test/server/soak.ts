/**
 * `npm run soak:server -- --minutes 10`: many sockets send random valid commands of all kinds and all sizes to one
 * server, for this time. Ends with one JSON line. The exit status is 1 if the server has crashed or reported an error,
 * if its memory has grown above the bound, or if its event loop was late. `--seed` gives the same commands again.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { either as E } from 'fp-ts';
import { WebSocket } from 'ws';
import { sameNumbers } from '../../testing/random.js';
import { defined } from '../../codecs/defined.js';
import { decodeServerFrame, encodeFrame, subprotocols, type ClientCommand } from '../../codecs/index.js';
import type { Told } from './soak-server.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    sockets: { type: 'string', default: '30' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes should be a number above 0, but is ${values.minutes}`);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);

/** The most memory that the server may have, MB. */
const RSS = 1_024;
/** The delay of the event loop that at most one of a hundred turns may exceed, ms. */
const P99 = 50;
/** Commands of a socket before it is replaced by another. */
const RUN = 500;
/** Commands that wait for their answers on one socket. */
const WAITING = 8;
const CLIENTS = 40;

const say = (words: string): void => {
  process.stdout.write(`${words}\n`);
};

/** What all sockets know. The oldest entries are forgotten. */
const known = { conversations: [] as string[], messages: [] as { cid: string; mid: string; at: number }[] };
const learn = <T>(all: T[], one: T): void => {
  all.push(one);
  if (all.length > 2_000) all.splice(0, 1_000);
};

type Draw = ReturnType<typeof drawing>;

/** Random values. */
const drawing = (random: () => number) => {
  const below = (most: number): number => Math.floor(random() * most);
  const one = <T>(all: readonly T[], otherwise: T): T => all[below(all.length)] ?? otherwise;
  /** Mostly short, sometimes up to the limit, and now and then above it. */
  const size = (most: number): number => {
    const kind = below(20);
    if (kind === 0) return most + below(3) - 1;
    return kind < 4 ? below(most) : below(Math.min(most, 60));
  };
  const text = (most: number): string => one(['x', '水', '"', '\\', ' '], 'x').repeat(Math.max(0, size(most)));
  const client = (): string => `c${below(CLIENTS)}`;
  const clients = (most: number): string[] =>
    Array.from({ length: Math.max(0, size(most)) }, () => `c${below(2 * most)}`);
  const maybe = <T>(value: () => T): T | undefined => (below(2) === 0 ? undefined : value());
  return { below, one, size, text, client, clients, maybe, flag: () => below(2) === 0 };
};

const cidOf = ({ one }: Draw): string => one(known.conversations, 'none');
const messageOf = ({ one }: Draw) => one(known.messages, { cid: 'none', mid: 'none', at: 0 });

const whereOf = (draw: Draw): string => {
  const { below, client, clients, text, one } = draw;
  const all: readonly (() => object)[] = [
    () => ({ m: client() }),
    () => ({ tr: true }),
    () => ({ sys: true }),
    () => ({}),
    () => ({ objectId: { $in: Array.from({ length: 1 + below(500) }, () => cidOf(draw)) } }),
    () => ({ x: { $regex: one(['x+', '(x+x+)+y', '^.*$', '[a-z]{1,20}', text(500)], 'x') } }),
    () => ({ $or: [{ m: { $all: clients(5) } }, { n: { $gte: below(100) } }, { name: text(100) }] }),
    () => ({ c: { $in: clients(1_000) } }),
  ];
  return JSON.stringify((all[below(all.length)] ?? (() => ({})))());
};

/** One command of each kind. */
const commands: readonly ((draw: Draw) => ClientCommand)[] = [
  ({ client, below, text, maybe }) => ({
    cmd: 'session',
    op: 'open',
    peerId: client(),
    sessionMessage: defined({
      tag: maybe(() => text(8)),
      deviceId: maybe(() => text(128)),
      lastPatchTime: maybe(() => 0),
      lastUnreadNotifTime: maybe(() => 0),
      configBitmap: below(16),
    }),
  }),
  ({ text }) => ({ cmd: 'session', op: 'refresh', sessionMessage: { st: text(128) } }),
  ({ clients }) => ({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: clients(20) } }),
  ({ clients, text, flag, maybe, below }) => ({
    cmd: 'conv',
    op: 'start',
    convMessage: defined({
      m: clients(500),
      attr: maybe(() => ({ data: JSON.stringify({ name: text(100), x: text(16_000), n: below(100) }) })),
      transient: maybe(flag),
      unique: maybe(flag),
      tempConv: maybe(flag),
    }),
  }),
  (draw) => ({
    cmd: 'conv',
    op: 'query',
    convMessage: defined({
      where: { data: whereOf(draw) },
      sort: draw.maybe(() => draw.one(['-lm', 'name,-createdAt', '-updatedAt', draw.text(1_000)], '-lm')),
      limit: draw.below(1_001),
      skip: draw.maybe(() => draw.below(50)),
      flag: draw.below(4),
    }),
  }),
  (draw) => ({ cmd: 'conv', op: 'add', convMessage: { cid: cidOf(draw), m: draw.clients(500) } }),
  (draw) => ({ cmd: 'conv', op: 'add', convMessage: { cid: cidOf(draw), m: [draw.client()] } }),
  (draw) => ({ cmd: 'conv', op: 'remove', convMessage: { cid: cidOf(draw), m: draw.clients(500) } }),
  (draw) => ({ cmd: 'conv', op: 'count', convMessage: { cid: cidOf(draw) } }),
  (draw) => ({ cmd: 'conv', op: 'mute', convMessage: { cid: cidOf(draw) } }),
  (draw) => ({ cmd: 'conv', op: 'unmute', convMessage: { cid: cidOf(draw) } }),
  (draw) => ({ cmd: 'conv', op: 'max_read', convMessage: { cid: cidOf(draw), queryAllMembers: draw.flag() } }),
  (draw) => ({
    cmd: 'conv',
    op: 'update',
    convMessage: {
      cid: cidOf(draw),
      attr: { data: JSON.stringify({ [draw.text(20)]: draw.text(16_000), name: draw.text(50) }) },
    },
  }),
  (draw) => ({
    cmd: 'conv',
    op: 'member_info_update',
    convMessage: { cid: cidOf(draw), info: { pid: draw.client(), role: draw.one(['Manager', 'Member'], 'Member') } },
  }),
  (draw) => ({ cmd: 'conv', op: 'add_shutup', convMessage: { cid: cidOf(draw), m: draw.clients(600) } }),
  (draw) => ({ cmd: 'conv', op: 'remove_shutup', convMessage: { cid: cidOf(draw), m: draw.clients(600) } }),
  (draw) => ({ cmd: 'conv', op: 'query_shutup', convMessage: { cid: cidOf(draw), limit: draw.below(200) } }),
  (draw) => ({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cidOf(draw), toPids: draw.clients(600) } }),
  (draw) => ({ cmd: 'blacklist', op: 'unblock', blacklistMessage: { srcCid: cidOf(draw), toPids: draw.clients(600) } }),
  (draw) => ({ cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cidOf(draw), limit: draw.below(200) } }),
  ...Array.from({ length: 8 }, () => (draw: Draw): ClientCommand => ({
    cmd: 'direct',
    priority: 1 + draw.below(3),
    directMessage: defined({
      cid: cidOf(draw),
      ...(draw.flag() ? { msg: draw.text(5_120) } : { binaryMsg: new Uint8Array(Math.max(0, draw.size(5_120))) }),
      dt: draw.maybe(() => draw.text(128)),
      mentionPids: draw.maybe(() => draw.clients(50)),
      r: draw.maybe(draw.flag),
      transient: draw.maybe(draw.flag),
      will: draw.below(20) === 0 ? true : undefined,
      pushData: draw.maybe(() => JSON.stringify({ alert: draw.text(500) })),
    }),
  })),
  (draw) => ({
    cmd: 'ack',
    ackMessage: { cid: cidOf(draw), fromts: draw.flag() ? 0 : Date.now() - 1_000, tots: Date.now() + 1_000 },
  }),
  (draw) => ({ cmd: 'ack', ackMessage: messageOf(draw) }),
  (draw) => ({
    cmd: 'read',
    readMessage: {
      convs: Array.from({ length: Math.max(0, draw.size(1_000)) }, () => ({ cid: cidOf(draw), timestamp: Date.now() })),
    },
  }),
  (draw) => {
    const { cid, mid, at } = messageOf(draw);
    return {
      cmd: 'logs',
      logsMessage: defined({
        cid,
        l: draw.below(1_001),
        direction: draw.one([1, 2] as const, 1),
        t: draw.maybe(() => at),
        mid: draw.maybe(() => mid),
        lctype: draw.maybe(() => draw.below(5) - 5),
      }),
    };
  },
  (draw) => ({
    cmd: 'patch',
    op: 'modify',
    patchMessage: {
      patches: Array.from({ length: Math.max(0, draw.size(100)) }, () => {
        const { cid, mid } = messageOf(draw);
        return { cid, mid, ...(draw.flag() ? { recall: true } : { data: draw.text(500) }) };
      }),
    },
  }),
  () => ({ cmd: 'echo' }),
];

const total = { runs: 0, commands: 0, answers: 0, errors: 0, closed: 0, crashes: 0 };
const start = performance.now();
const isOver = (): boolean => performance.now() - start > minutes * 60_000;
const last = { rss: 0, loopP99: 0, faults: [] as readonly string[] };
let mostRss = 0;

const child = fork(fileURLToPath(new URL('soak-server.ts', import.meta.url)), { execArgv: ['--import', 'tsx/esm'] });
let isEnding = false;
const gone = once(child, 'exit').then(([code]) => {
  if (!isEnding || code !== 0) total.crashes += 1;
});
const listens = new Promise<Extract<Told, { _tag: 'Listens' }>>((resolve) => {
  child.on('message', (message) => {
    const told = message as Told;
    if (told._tag === 'Listens') {
      resolve(told);
      return;
    }
    Object.assign(last, { rss: Math.round(told.rss / 1_048_576), loopP99: told.loopP99, faults: told.faults });
    mostRss = Math.max(mostRss, last.rss);
  });
});
const { url, system } = await Promise.race([
  listens,
  gone.then((): never => {
    throw new Error('the server has not started');
  }),
]);
learn(known.conversations, system);

/** One socket: a login, then random commands. It ends in one of several ways. */
const run = async (runSeed: number): Promise<void> => {
  const random = sameNumbers(runSeed);
  const draw = drawing(random);
  const subprotocol = draw.one(Object.values(subprotocols), subprotocols.binary);
  const socket = new WebSocket(url, subprotocol.name);
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  await Promise.race([once(socket, 'open'), closed]);
  let waiting = 0;
  let wake: (() => void) | undefined;
  const asked = new Map<number, string>();
  socket.on('message', (data, isBinary) => {
    const bytes = data as Buffer;
    const decoded = decodeServerFrame(isBinary ? bytes : bytes.toString());
    if (E.isLeft(decoded)) throw decoded.left;
    const answer = decoded.right;
    if (answer.i === undefined) return;
    total.answers += 1;
    if (answer.cmd === 'error') total.errors += 1;
    if (answer.cmd === 'conv' && answer.op === 'started') learn(known.conversations, answer.convMessage.cid);
    const cid = asked.get(answer.i);
    asked.delete(answer.i);
    if (answer.cmd === 'ack' && cid !== undefined) {
      const { uid: mid = '', t: at = 0 } = answer.ackMessage;
      learn(known.messages, { cid, mid, at });
    }
    waiting -= 1;
    wake?.();
  });
  let serial = 0;
  const send = (command: ClientCommand): void => {
    const hasAnswer = command.cmd !== 'ack' && command.cmd !== 'read';
    const i = (serial += 1);
    if (command.cmd === 'direct') asked.set(i, command.directMessage.cid);
    socket.send(encodeFrame(hasAnswer ? { ...command, i } : command, subprotocol));
    total.commands += 1;
    if (hasAnswer) waiting += 1;
  };
  send({ cmd: 'session', op: 'open', peerId: draw.client(), sessionMessage: {} });
  const isDone = (): boolean => socket.readyState !== socket.OPEN || isOver();
  for (let n = 0; n < RUN && !isDone(); n += 1) {
    while (waiting >= WAITING && !isDone())
      await Promise.race([
        closed,
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
      ]);
    if (isDone()) break;
    if (draw.below(500) === 0) socket.pause();
    send((commands[draw.below(commands.length)] ?? (() => ({ cmd: 'echo' as const })))(draw));
    if (socket.isPaused && draw.below(10) === 0) socket.resume();
    if (socket.isPaused && waiting >= WAITING) socket.resume();
  }
  if (socket.readyState === socket.OPEN) {
    if (draw.flag()) socket.terminate();
    else socket.close();
  } else total.closed += 1;
  if (socket.isPaused) socket.resume();
  await closed;
  total.runs += 1;
};

let next = seed;
let quarter = 1;
const worker = async (): Promise<void> => {
  while (!isOver() && total.crashes === 0) {
    await run((next += 1));
    if (performance.now() - start > (minutes * 60_000 * quarter) / 4) {
      say(`after ${String(quarter)}/4: ${String(total.runs)} runs, ${String(last.rss)} MB`);
      quarter += 1;
    }
  }
};
await Promise.all(Array.from({ length: Number(values.sockets) }, worker));

isEnding = true;
if (child.connected) child.send('end');
await gone;
for (const fault of last.faults) say(fault);
const loopP99 = Math.round(last.loopP99 * 10) / 10;
say(JSON.stringify({ ...total, faults: last.faults.length, rss: mostRss, loopP99, seed }));
const isFine = total.crashes === 0 && last.faults.length === 0 && mostRss <= RSS && loopP99 < P99;
process.exit(isFine ? 0 : 1);

/**
 * `npm run soak:store -- --kills 50`: kills `rx-realtime serve` at random moments while real clients talk: ours with an
 * outbox, and the published `leancloud-realtime`. First with SQLite, then with PostgreSQL, which crashes from time to
 * time as well. `--store sqlite` or `--store postgres` takes one of them, `--seed` gives the same moments again. Ends
 * with one JSON line. The exit status is 1 if something is lost, doubled, out of order, or not as it was.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TextMessage, type ConversationBase } from 'leancloud-realtime';
import { openPostgresStore, openSqliteStore, type Store, type StoredMessage } from 'rx-realtime/server';
import { sameNumbers } from '../../testing/random.js';
import { ownPostgres } from './own-postgres.js';
import { freePort } from './postgres-run.js';
import {
  ourTalker,
  publishedLogin,
  publishedTalker,
  sendAgain,
  type Acknowledged,
  type Talker,
} from './soak-clients.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string' },
    store: { type: 'string', default: 'both' },
  },
});
const kills = Number(values.kills);
if (!(kills > 0)) throw new Error(`--kills should be a number above 0, but is ${values.kills}`);
if (!['sqlite', 'postgres', 'both'].includes(values.store))
  throw new Error(`--store should be sqlite, postgres or both, but is ${values.store}`);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);

/** Lines that are acknowledged after each start, at least, before the server is killed. */
const TRAFFIC = 30;
/** The longest time from then to the kill, ms. */
const UP_TO = 400;
/** One of so many rounds kills the server while clients come back. */
const EARLY = 4;
/** One of so many rounds lets PostgreSQL crash first. */
const CRASH = 5;
/** What ends all of it: then no server stays behind. */
const GIVE_UP = ['SIGINT', 'SIGTERM', 'uncaughtException'] as const;
/** How long something may take, ms. */
const PATIENCE = 120_000;

const say = (words: string): void => {
  process.stdout.write(`${words}\n`);
};

/** Waits until something is true. Gives false if it takes too long. */
const until = async (isTrue: () => boolean | Promise<boolean>, patience = PATIENCE): Promise<boolean> => {
  const end = performance.now() + patience;
  while (!(await isTrue())) {
    if (performance.now() > end) return false;
    await wait(10);
  }
  return true;
};

/** Where a server keeps everything. */
interface Place {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Opens the store without a server. */
  readonly open: () => Promise<Store>;
  /** Lets the database crash, and start again. */
  readonly crash?: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

const inDirectory = async (): Promise<Place> => {
  const directory = await mkdtemp(join(tmpdir(), 'rx-realtime-soak-'));
  return {
    name: 'SQLite',
    argv: ['--data', directory],
    env: {},
    open: () => openSqliteStore({ directory, checkIntegrity: true }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
};

const inPostgres = async (): Promise<Place> => {
  const { url, restart, stop } = await ownPostgres(await freePort());
  return {
    name: 'PostgreSQL',
    argv: [],
    env: { RX_REALTIME_DATABASE: url },
    open: () => openPostgresStore({ url }),
    crash: restart,
    remove: stop,
  };
};

const program = fileURLToPath(new URL('../../dist/bundled/server/bin.js', import.meta.url));

const isListening = (line: string): boolean => {
  try {
    return (JSON.parse(line) as { readonly msg?: unknown }).msg === 'listening';
  } catch {
    return false;
  }
};

/** Starts a server. Resolves when it listens. */
const start = async ({ argv, env }: Place, port: number): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [program, 'serve', '--port', String(port), '--log-format', 'json', ...argv], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // None stays behind, not even one that is about to start.
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`the server has ended with ${String(code)} before it listened`));
    });
    lines.on('line', (line) => {
      if (isListening(line)) resolve();
    });
  });
  return child;
};

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
};

/** A conversation between two clients, of which nobody else knows: what is read there is known exactly. */
interface Quiet {
  unread: number;
  readAt: number;
  deliveredAt: number;
}

interface Wrong {
  unread: number;
  receipts: number;
}

const timesOf = async (conversation: ConversationBase): Promise<readonly [readAt: number, deliveredAt: number]> => {
  await conversation.fetchReceiptTimestamps();
  return [conversation.lastReadAt?.getTime() ?? 0, conversation.lastDeliveredAt?.getTime() ?? 0];
};

/** Looks at what is unread and what was received, as clients see it that log in anew; and goes on from there. */
const lookAt = async (url: string, id: string, quiet: Quiet, wrong: Wrong, random: () => number): Promise<void> => {
  const [amy, spike] = [await publishedLogin(url, 'Amy'), await publishedLogin(url, 'Spike')];
  try {
    const [hers, his] = [await amy.client.getConversation(id), await spike.client.getConversation(id)];
    const [readAt, deliveredAt] = await timesOf(hers);
    // The last acknowledgement may have come after the look before it.
    if (readAt !== quiet.readAt || deliveredAt < quiet.deliveredAt) {
      say(`receipts: ${readAt}, ${deliveredAt} instead of ${quiet.readAt}, ${quiet.deliveredAt}`);
      wrong.receipts += 1;
    }
    if (!(await until(() => Number(his.unreadMessagesCount) === quiet.unread, 20_000))) {
      say(`unread: ${String(his.unreadMessagesCount)} instead of ${quiet.unread}`);
      wrong.unread += 1;
      quiet.unread = Number(his.unreadMessagesCount);
    }
    let last = 0;
    for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) {
      last = (await sendAgain(hers, new TextMessage('psst'))).timestamp.getTime();
      quiet.unread += 1;
    }
    if (!(await until(async () => (await timesOf(hers))[1] >= last))) throw new Error('nothing is delivered');
    if (random() < 0.5) {
      await his.read();
      if (!(await until(async () => (await timesOf(hers))[0] >= last))) throw new Error('nothing is read');
      quiet.unread = 0;
    }
    [quiet.readAt, quiet.deliveredAt] = await timesOf(hers);
  } finally {
    await amy.client.close();
    await spike.client.close();
  }
};

interface Figures {
  readonly store: string;
  readonly kills: number;
  readonly crashes: number;
  readonly acknowledged: number;
  /** Messages that were refused while the database was away, and that their senders have sent again. */
  readonly sentAgain: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly unreadWrong: number;
  readonly receiptsWrong: number;
  readonly seconds: number;
}

/** How many elements are later than they should be: each sender's lines have to be in their order. */
const disorder = (lines: readonly string[]): number => {
  const last = new Map<string, number>();
  let count = 0;
  for (const line of lines) {
    const [sender = '', number = ''] = line.split(':');
    if (Number(number) <= (last.get(sender) ?? -1)) count += 1;
    last.set(sender, Number(number));
  }
  return count;
};

const textOf = ({ msg = '{}' }: StoredMessage): string =>
  (JSON.parse(msg) as { readonly _lctext?: string })._lctext ?? '';

/** Compares what was acknowledged and heard with what is in the store. */
const compare = async (
  store: Store,
  conversationId: string,
  acknowledged: readonly Acknowledged[],
  talkers: readonly Talker[],
): Promise<Pick<Figures, 'sentAgain' | 'lost' | 'doubled' | 'outOfOrder'>> => {
  const history = await store.history({ conversationId, direction: 'new', limit: Infinity });
  const stored = history.map(textOf);
  const ids = new Map(history.map((message) => [textOf(message), message.id]));
  let lost = acknowledged.filter(({ line, id }) => ids.get(line) !== id).length;
  let doubled = stored.length - ids.size;
  const again = new Set(talkers.flatMap(({ sentAgain }) => [...sentAgain]));
  let outOfOrder = disorder(stored.filter((line) => !again.has(line)));
  const places = new Map(stored.map((line, place) => [line, place]));
  for (const { name, heard, catchesUp } of talkers) {
    const unique = new Set(heard);
    doubled += heard.length - unique.size;
    if (catchesUp) lost += stored.filter((line) => !line.startsWith(`${name}:`) && !unique.has(line)).length;
    const order = heard.map((line) => places.get(line) ?? -1);
    outOfOrder += order.filter((place, index) => index > 0 && place < (order[index - 1] ?? 0)).length;
  }
  return { lost, doubled, outOfOrder, sentAgain: again.size };
};

const soak = async (place: Place): Promise<Figures> => {
  const random = sameNumbers(seed);
  const began = performance.now();
  const port = await freePort();
  const url = `ws://127.0.0.1:${port}`;
  const acknowledged: Acknowledged[] = [];
  const talking = (name: string) => ({
    url,
    name,
    acknowledge: (one: Acknowledged) => acknowledged.push(one),
    pace: () => 5 + random() * 60,
  });
  let child = await start(place, port);
  let crashes = 0;
  const wrong = { unread: 0, receipts: 0 };
  const talkers: Talker[] = [];
  const giveUp = (why: unknown): void => {
    say(String(why));
    child.kill('SIGKILL');
    void place.remove().finally(() => process.exit(1));
  };
  for (const event of GIVE_UP) process.once(event, giveUp);
  try {
    const ann = await ourTalker(talking('Ann'), ['Bob', 'Cid', 'Dan']);
    const { conversationId } = ann;
    talkers.push(ann, await ourTalker(talking('Bob'), conversationId));
    talkers.push(await publishedTalker(talking('Cid'), conversationId));
    talkers.push(await publishedTalker(talking('Dan'), conversationId));
    const amy = await publishedLogin(url, 'Amy');
    const { id: quietId } = await amy.client.createConversation({ members: ['Spike'], unique: false });
    await amy.client.close();
    const quiet: Quiet = { unread: 0, readAt: 0, deliveredAt: 0 };
    const stops = talkers.map(({ talk }) => talk());

    for (let round = 1; round <= kills; round += 1) {
      const isEarly = round % EARLY === 0;
      if (!isEarly) await lookAt(url, quietId, quiet, wrong, random);
      const before = acknowledged.length;
      if (!isEarly && !(await until(() => acknowledged.length >= before + TRAFFIC)))
        throw new Error(`only ${acknowledged.length - before} messages were acknowledged after start ${round}`);
      await wait(random() * UP_TO);
      if (round % CRASH === 0 && place.crash !== undefined) {
        await place.crash();
        crashes += 1;
        await wait(random() * UP_TO);
      }
      await end(child, 'SIGKILL');
      child = await start(place, port);
      for (const { retry } of talkers) retry();
      if (round % 10 === 0) say(`${place.name}: ${round} kills, ${acknowledged.length} messages`);
    }

    await lookAt(url, quietId, quiet, wrong, random);
    await Promise.all(stops.map((stop) => stop()));
    const all = acknowledged.length;
    await until(() =>
      talkers.every(
        ({ name, heard, catchesUp }) =>
          !catchesUp || heard.length >= all - acknowledged.filter(({ line }) => line.startsWith(`${name}:`)).length,
      ),
    );
    for (const { close } of talkers) await close();
    await end(child, 'SIGTERM');
    const store = await place.open();
    try {
      return {
        store: place.name,
        kills,
        crashes,
        acknowledged: all,
        ...(await compare(store, conversationId, acknowledged, talkers)),
        unreadWrong: wrong.unread,
        receiptsWrong: wrong.receipts,
        seconds: Math.round((performance.now() - began) / 1_000),
      };
    } finally {
      await store.close();
    }
  } finally {
    for (const event of GIVE_UP) process.removeListener(event, giveUp);
    child.kill('SIGKILL');
    await place.remove();
  }
};

// The published client tells of each break.
Object.assign(console, { warn: () => undefined });

say(`seed ${seed}`);
const results: Figures[] = [];
if (values.store !== 'postgres') results.push(await soak(await inDirectory()));
if (values.store !== 'sqlite') results.push(await soak(await inPostgres()));
const isRight = results.every(
  ({ lost, doubled, outOfOrder, unreadWrong, receiptsWrong }) =>
    lost + doubled + outOfOrder + unreadWrong + receiptsWrong === 0,
);
say(JSON.stringify({ seed, isRight, results }));
process.exit(isRight ? 0 : 1);

/**
 * `npm run bench:store`: messages a second that a store takes, with an acknowledgement for each. A sender sends its
 * next message when the one before is acknowledged. It measures the store in memory, those in SQLite and PostgreSQL,
 * and SQLite with a commit for each message.
 * PostgreSQL is the one of `RX_REALTIME_TEST_POSTGRES`, or scripts/services.sh starts one.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import pg from 'pg';
import { memoryStore, openPostgresStore, openSqliteStore, type Store } from 'rx-realtime/server';

/** How long each measurement runs, ms. */
const TIME = Number(process.env['TIME'] ?? 5_000);
const WARM_UP = 1_000;

interface Scene {
  readonly name: string;
  readonly senders: number;
  readonly conversations: number;
}

const scenes: readonly Scene[] = [
  { name: '256 senders, 100 conversations', senders: 256, conversations: 100 },
  { name: '64 senders, 1 conversation', senders: 64, conversations: 1 },
];

interface Contender {
  readonly name: string;
  readonly open: (directory: string) => Promise<Store>;
}

/** Carries out one call after the other, so that each has a commit of its own. */
const oneByOne = (store: Store): Store => {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    ...store,
    append: (messages) => {
      const result = tail.then(() => store.append(messages));
      tail = result.catch(() => undefined);
      return result;
    },
  };
};

/** From the directory of the repository, where a bench is run. */
const script = join(process.cwd(), 'scripts', 'services.sh');

/** The address of a PostgreSQL; undefined if there is none. */
const postgresUrl = ((): string | undefined => {
  const given = process.env['RX_REALTIME_TEST_POSTGRES'];
  if (given !== undefined) return given;
  const { status, stdout, stderr } = spawnSync(script, ['present'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  console.log(`PostgreSQL is not measured: ${stderr.trim()}`);
  return undefined;
})();

const execute = async (sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
};

/** A store with tables of its own, which are deleted with it. */
const inPostgres = async (url: string): Promise<Store> => {
  const schema = `bench_${randomUUID().replaceAll('-', '')}`;
  await execute(`create schema ${schema}`);
  const store = await openPostgresStore({ url: `${url}?options=${encodeURIComponent(`-c search_path=${schema}`)}` });
  return {
    ...store,
    close: async () => {
      await store.close();
      await execute(`drop schema ${schema} cascade`);
    },
  };
};

const contenders: readonly Contender[] = [
  { name: 'memory', open: () => Promise.resolve(memoryStore()) },
  { name: 'sqlite', open: (directory) => openSqliteStore({ directory }) },
  ...(postgresUrl === undefined ? [] : [{ name: 'postgres', open: () => inPostgres(postgresUrl) }]),
  { name: 'sqlite, a commit for each', open: async (directory) => oneByOne(await openSqliteStore({ directory })) },
];

interface Figures {
  readonly perSecond: number;
  /** How late the event loop of the server is, ms. */
  readonly late: number;
}

const measure = async (store: Store, { senders, conversations }: Scene): Promise<Figures> => {
  const members = Array.from({ length: senders }, (_, n) => `sender ${n}`);
  const ids = await Promise.all(
    Array.from({ length: conversations }, async () => {
      const draft = { kind: 'ordinary', members, attributes: {}, unique: false, now: Date.now() } as const;
      return (await store.createConversation(draft)).info.id;
    }),
  );
  let count = 0;
  let isOver = false;
  const send = async (sender: string, index: number): Promise<void> => {
    for (let n = 0; !isOver; n += 1) {
      const message = {
        ...{ conversationId: ids[(index + n) % ids.length] ?? '', from: sender, speaker: sender, token: String(n) },
        ...{ msg: 'x'.repeat(200), receipt: false, mentions: [], mentionsAll: false, now: Date.now() },
      };
      const [result] = await store.append([message]);
      if (result?._tag !== 'Appended') throw new Error(`a message was not stored: ${result?._tag ?? 'no result'}`);
      count += 1;
      // The store in memory never waits for anything.
      if (n % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const all = members.map(send);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const [began, before] = [performance.now(), count];
  await new Promise((resolve) => setTimeout(resolve, TIME));
  const perSecond = Math.round(((count - before) * 1_000) / (performance.now() - began));
  delay.disable();
  isOver = true;
  await Promise.all(all);
  return { perSecond, late: Number((delay.percentile(50) / 1e6).toFixed(1)) };
};

const results: Record<string, Record<string, Figures>> = {};
for (const scene of scenes) {
  const row: Record<string, Figures> = {};
  for (const { name, open } of contenders) {
    const directory = await mkdtemp(join(tmpdir(), 'rx-realtime-bench-'));
    const store = await open(directory);
    row[name] = await measure(store, scene);
    await store.close();
    await rm(directory, { recursive: true, force: true });
    console.log(`${scene.name}: ${name}: ${row[name].perSecond} a second, event loop late by ${row[name].late} ms`);
  }
  results[scene.name] = row;
}
console.log(JSON.stringify(results));

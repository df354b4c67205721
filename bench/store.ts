/**
 * `npm run bench:store`: messages a second that a server acknowledges, with its store in memory, in SQLite and in
 * PostgreSQL, and with a commit for each message. The server and its senders have processes of their own. Rounds are
 * interleaved, and the figures are medians. `-- --rounds 3` makes it shorter.
 *
 * `npm run bench:store -- --filled 1000000`: instead, what a message costs where so many are in the conversation, and
 * a tenth of it more conversations are there, compared with an empty store.
 *
 * PostgreSQL is the one of `RX_REALTIME_TEST_POSTGRES`, or scripts/services.sh starts one.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { start, type Child } from './child.js';
import { median, ratio } from './rounds.js';
import { Closed, Hosting, Late, Loaded, Ready } from './store-orders.js';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, filled: { type: 'string' } },
});
const ROUNDS = Number(values.rounds);
/** How long each contender sends in a round, ms. */
const TIME = 1_000;
/** Filling a store takes so long at most, ms. */
const FILLING = 1_800_000;

/** Each sender sends its next message when one of those in flight is acknowledged. */
interface Scene {
  readonly name: string;
  readonly kind: 'ordinary' | 'room';
  readonly conversations: number;
  readonly senders: number;
  readonly inFlight?: number;
}

const MANY: Scene = { name: 'many', kind: 'ordinary', conversations: 100, senders: 256 };
/** A chat room that nobody is in: otherwise each message would be pushed 63 times, and that would be measured. */
const ONE: Scene = { name: 'one', kind: 'room', conversations: 1, senders: 64 };
/** One socket, as of a program that sends all that it has. */
const PIPELINE: Scene = { name: 'pipeline', kind: 'ordinary', conversations: 1, senders: 1, inFlight: 64 };
const IDLE: Scene = { name: 'idle', kind: 'ordinary', conversations: 1, senders: 1 };

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

/** A place for a store. `store`: what `store-host.ts` opens. */
interface Place {
  readonly store: string;
  readonly remove: () => Promise<void>;
}

const inMemory = (): Promise<Place> => Promise.resolve({ store: 'memory', remove: () => Promise.resolve() });

const inSqlite = async (): Promise<Place> => {
  const directory = await mkdtemp(join(tmpdir(), 'rx-realtime-bench-'));
  return { store: `sqlite:${directory}`, remove: () => rm(directory, { recursive: true, force: true }) };
};

const inPostgres = async (): Promise<Place> => {
  const schema = `bench_${randomUUID().replaceAll('-', '')}`;
  await execute(`create schema ${schema}`);
  return {
    store: `${postgresUrl ?? ''}?options=${encodeURIComponent(`-c search_path=${schema}`)}`,
    remove: () => execute(`drop schema ${schema} cascade`),
  };
};

const each = async (place: Promise<Place>): Promise<Place> => ({
  ...(await place),
  store: `each ${(await place).store}`,
});

const stores: Readonly<Record<string, () => Promise<Place>>> = {
  memory: inMemory,
  sqlite: inSqlite,
  'sqlite each': () => each(inSqlite()),
  ...(postgresUrl === undefined ? {} : { postgres: inPostgres, 'postgres each': () => each(inPostgres()) }),
};

interface Contender {
  readonly name: string;
  readonly host: Child;
  readonly load: Child;
  readonly perSecond: number[];
  readonly p50: number[];
  readonly late: number[];
  readonly close: () => Promise<void>;
}

const prepare = async (name: string, { store, remove }: Place, scene: Scene, filled = '0'): Promise<Contender> => {
  const { kind, conversations, senders, inFlight = 1 } = scene;
  const host = start('store-host.ts', store, kind, String(conversations), String(senders), filled);
  const { url, ids } = await host.next(Hosting, FILLING);
  const load = start('store-load.ts', url, String(senders), String(inFlight), ...ids);
  await load.next(Ready);
  return {
    ...{ name, host, load, perSecond: [], p50: [], late: [] },
    close: async () => {
      load.stop();
      host.send({ order: 'close' });
      await host.next(Closed);
      host.stop();
      await remove();
    },
  };
};

const measure = async ({ host, load, perSecond, p50, late }: Contender): Promise<void> => {
  host.send({ order: 'begin' });
  load.send({ time: TIME });
  const loaded = await load.next(Loaded);
  host.send({ order: 'end' });
  perSecond.push(loaded.perSecond);
  p50.push(loaded.p50);
  late.push((await host.next(Late)).late);
};

/** One round more than is counted: the compiler warms up. */
const contest = async (contenders: readonly Contender[]): Promise<void> => {
  for (const contender of contenders) await measure(contender);
  for (const { perSecond, p50, late } of contenders) for (const figures of [perSecond, p50, late]) figures.length = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const shift = round % contenders.length;
    for (const contender of [...contenders.slice(shift), ...contenders.slice(0, shift)]) await measure(contender);
  }
};

/** How long the disk takes to keep 4 KiB: the median of 100 times, ms. */
const syncTime = async (): Promise<number> => {
  const directory = await mkdtemp(join(tmpdir(), 'rx-realtime-bench-'));
  const file = openSync(join(directory, 'sync'), 'w');
  const page = Buffer.alloc(4_096, 1);
  const times = Array.from({ length: 100 }, () => {
    const began = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return performance.now() - began;
  });
  await rm(directory, { recursive: true, force: true });
  return median(times);
};

const rounded = (value: number): number => Number(value.toPrecision(3));
const show = (scene: Scene, contenders: readonly Contender[]): void => {
  const { name, conversations, senders, inFlight = 1 } = scene;
  console.log(`${name}: conversations: ${conversations}, senders: ${senders}, in flight of each: ${inFlight}`);
  console.table(
    Object.fromEntries(
      contenders.map(({ name, perSecond, p50, late }) => [
        name,
        {
          'a second': rounded(median(perSecond)),
          'acknowledged in, p50, ms': rounded(median(p50)),
          'event loop late, p99, ms': rounded(median(late)),
        },
      ]),
    ),
  );
};

type Results = Record<string, number>;

const compare = async (): Promise<Results> => {
  const results: Results = {};
  for (const scene of [MANY, ONE, PIPELINE, IDLE]) {
    const contenders: Contender[] = [];
    for (const [name, place] of Object.entries(stores))
      if (scene !== IDLE || !name.endsWith('each')) contenders.push(await prepare(name, await place(), scene));
    const sync = await syncTime();
    await contest(contenders);
    show(scene, contenders);
    const of = (wanted: string): Contender | undefined => contenders.find(({ name }) => name === wanted);
    const memory = of('memory')?.perSecond ?? [];
    for (const name of ['sqlite', 'postgres']) {
      const [own, alone] = [of(name), of(`${name} each`)];
      if (own === undefined) continue;
      results[`${scene.name}.${name}.late`] = rounded(median(own.late));
      if (scene === IDLE) results[`${scene.name}.${name}.toSync`] = rounded(median(own.p50) / sync);
      else results[`${scene.name}.${name}.toMemory`] = ratio(own.perSecond, memory);
      if (alone !== undefined) results[`${scene.name}.${name}.toEach`] = ratio(own.perSecond, alone.perSecond);
    }
    for (const { close } of contenders) await close();
  }
  return results;
};

const compareFilled = async (filled: string): Promise<Results> => {
  const results: Results = {};
  for (const [name, place] of Object.entries(stores)) {
    if (name.endsWith('each')) continue;
    const began = performance.now();
    const full = await prepare(`${name}, ${filled} messages`, await place(), ONE, filled);
    console.log(`${name} was filled in ${Math.round((performance.now() - began) / 1_000)} s`);
    const empty = await prepare(`${name}, empty`, await place(), ONE);
    await contest([full, empty]);
    show(ONE, [full, empty]);
    results[`filled.${name}.toEmpty`] = ratio(full.perSecond, empty.perSecond);
    for (const { close } of [full, empty]) await close();
  }
  return results;
};

console.log(JSON.stringify(await (values.filled === undefined ? compare() : compareFilled(values.filled))));

/** What is acknowledged survives the end of the process, however it comes. */
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresStore, openSqliteStore, type Store } from 'rx-realtime/server';
import { bundled } from './bundle.js';
import { ownTables, postgresUrl } from './postgres.js';
import { remove, temporaryDirectory } from './temporary.js';
import './worker-file.js';

const Acknowledged = t.type({ conversationId: t.string, token: t.string, id: t.string });
type Acknowledged = t.TypeOf<typeof Acknowledged>;

const KILLS = Number(process.env['KILLS'] ?? 3);
/** After so many acknowledged messages a process is killed. */
const MESSAGES = 300;
/** The numbers of the messages of one process. */
const NUMBERS = 1_000_000;

/** Runs a process until it has acknowledged enough, then kills it. Gives what it has acknowledged. */
const killed = async (program: string, place: string, round: number): Promise<readonly Acknowledged[]> => {
  const acknowledged: Acknowledged[] = [];
  const child = fork(program, [place, String(round * NUMBERS)], { execArgv: [] });
  const ended = once(child, 'exit');
  child.on('message', (said) => {
    const message = Acknowledged.decode(said);
    if (E.isLeft(message)) throw new Error(`the process said ${JSON.stringify(said)}`);
    acknowledged.push(message.right);
    if (acknowledged.length === MESSAGES + round * 37) child.kill('SIGKILL');
  });
  await ended;
  return acknowledged;
};

interface Place {
  /** The directory, or the address of the database. */
  readonly name: string;
  readonly open: () => Promise<Store>;
  readonly remove: () => Promise<void>;
}

const inDirectory = async (): Promise<Place> => {
  const name = await temporaryDirectory();
  return {
    name,
    open: () => openSqliteStore({ directory: name, checkIntegrity: true }),
    remove: () => remove(name),
  };
};

const inDatabase = async (postgres: string): Promise<Place> => {
  const { url, end } = await ownTables(postgres);
  return { name: url, open: () => openPostgresStore({ url }), remove: end };
};

const places: readonly (readonly [string, () => Promise<Place>])[] = [
  ['in SQLite', inDirectory],
  ...[postgresUrl].flatMap((url) => (url === undefined ? [] : [['in PostgreSQL', () => inDatabase(url)] as const])),
];

describe.each(places)('a process that is killed while it stores messages %s', (_, prepare) => {
  let place: Place;
  const acknowledged: Acknowledged[] = [];
  let store: Store;

  beforeAll(async () => {
    place = await prepare();
    const program = bundled('test/store/writing-child.ts', 'writing-child');
    for (let round = 0; round < KILLS; round += 1) acknowledged.push(...(await killed(program, place.name, round)));
    store = await place.open();
  }, 600_000);
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  const stored = async (): Promise<readonly { readonly id: string; readonly msg: string }[]> => {
    const conversationId = acknowledged[0]?.conversationId ?? '';
    const messages = await store.history({ conversationId, direction: 'new', limit: Infinity });
    return messages.map(({ id, msg = '' }) => ({ id, msg }));
  };

  it('loses nothing that it has acknowledged', async () => {
    const found = new Map((await stored()).map(({ id, msg }) => [msg, id]));
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS * MESSAGES);
    for (const { token, id } of acknowledged) expect(found.get(token)).toBe(id);
  });

  it('stores nothing twice, and each sender’s messages in their order', async () => {
    const all = (await stored()).map(({ msg }) => msg);
    expect(new Set(all).size).toBe(all.length);
    const last = new Map<string, number>();
    for (const message of all) {
      const [sender = '', number = ''] = message.split(':');
      expect(Number(number)).toBeGreaterThan(last.get(sender) ?? -1);
      last.set(sender, Number(number));
    }
  });
});

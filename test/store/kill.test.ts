/** What is acknowledged survives the end of the process, however it comes. */
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore, type SqliteStore } from 'rx-realtime/server';
import { bundled } from './bundle.js';
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
const killed = async (program: string, directory: string, round: number): Promise<readonly Acknowledged[]> => {
  const acknowledged: Acknowledged[] = [];
  const child = fork(program, [directory, String(round * NUMBERS)], { execArgv: [] });
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

describe('a process that is killed while it stores messages', () => {
  let directory: string;
  let program: string;
  const acknowledged: Acknowledged[] = [];
  let store: SqliteStore;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    program = bundled('test/store/writing-child.ts', 'writing-child');
    for (let round = 0; round < KILLS; round += 1) acknowledged.push(...(await killed(program, directory, round)));
    store = await openSqliteStore({ directory, checkIntegrity: true });
  }, 600_000);
  afterAll(async () => {
    await store.close();
    await remove(directory);
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

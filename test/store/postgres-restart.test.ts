/** PostgreSQL ends as in a crash, and starts again, while messages are stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresStore, type PostgresStore } from 'rx-realtime/server';
import { freePort } from './postgres-run.js';
import { ownPostgres, type OwnPostgres } from './own-postgres.js';
import { postgresUrl } from './postgres.js';

const SENDERS = 6;
const RESTARTS = Number(process.env['RESTARTS'] ?? 2);

// The one that all tests share can't be restarted. If that one is elsewhere, there may be none here.
describe.skipIf(postgresUrl === undefined)('the store in PostgreSQL, which crashes meanwhile', () => {
  let server: OwnPostgres;
  let store: PostgresStore;
  beforeAll(async () => {
    server = await ownPostgres(await freePort());
    store = await openPostgresStore({ url: server.url, patience: 30_000 });
  }, 120_000);
  afterAll(async () => {
    await store.close();
    await server.stop();
  }, 60_000);

  it('loses nothing that it has acknowledged, doubles nothing, keeps the order, and recovers by itself', async () => {
    const { info } = await store.createConversation({
      ...{ kind: 'ordinary', members: ['Tom', 'Bob'], attributes: {}, unique: false, now: Date.now() },
    });
    const acknowledged: string[] = [];
    let isOver = false;
    const send = async (sender: number): Promise<void> => {
      for (let n = 0; !isOver; n += 1) {
        const msg = `${sender}:${n}`;
        const [result] = await store.append([
          // Some without a token: they must not be stored twice either.
          {
            ...{ conversationId: info.id, from: 'Tom', msg },
            ...(sender % 2 === 0 ? { token: msg } : {}),
            ...{ receipt: false, mentions: [], mentionsAll: false, now: Date.now() },
          },
        ]);
        // Not even a repeated one: each was sent once.
        expect(result?._tag).toBe('Appended');
        acknowledged.push(msg);
      }
    };
    let read = -1;
    const mark = async (): Promise<void> => {
      while (!isOver) {
        // A change whose outcome is unknown rejects.
        const marked = await store.markRead(info.id, 'Bob', 'end', Date.now()).catch(() => undefined);
        if (marked?.moved === true) read = marked.summary.last?.timestamp ?? read;
      }
    };
    const all = [...Array.from({ length: SENDERS }, (_, sender) => send(sender)), mark()];
    for (let round = 0; round < RESTARTS; round += 1) {
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length, { timeout: 60_000, interval: 20 }).toBeGreaterThan(before + 40);
      await server.restart();
    }
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length, { timeout: 60_000, interval: 20 }).toBeGreaterThan(before + 40);
    isOver = true;
    await Promise.all(all);

    const history = await store.history({ conversationId: info.id, direction: 'new', limit: Infinity });
    const found = history.map(({ msg = '' }) => msg);
    expect(found).toHaveLength(acknowledged.length);
    expect(new Set(found)).toEqual(new Set(acknowledged));
    for (let sender = 0; sender < SENDERS; sender += 1) {
      const own = found.filter((msg) => msg.startsWith(`${sender}:`));
      expect(own).toEqual(own.map((_, n) => `${sender}:${n}`));
    }
    const times = history.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(read).toBeGreaterThan(0);
    const unread = (await store.unreadOf(info.id, ['Bob'])).get('Bob');
    expect(unread?.count).toBeLessThanOrEqual(Math.min(100, times.filter((time) => time > read).length));
    expect(store.isReachable()).toBe(true);
  }, 180_000);
});

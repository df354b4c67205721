/** What is too old or too many is deleted in slices, by the clock of the server. */
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  memoryStore,
  openPostgresStore,
  openSqliteStore,
  type ConversationDraft,
  type NewMessage,
} from 'rx-realtime/server';
import { stores } from './stores.js';

const DAY = 86_400_000;
const START = 1_700_000_000_000;

describe.each(stores.filter(([name]) => !name.includes('without bounds')))('the store %s', (_, open) => {
  const opened = async () => {
    let passed = 0;
    let sweep: () => boolean = () => false;
    const { store, end } = await open({
      clock: { now: () => START + passed, elapsed: () => passed },
      whileSwept: (given) => {
        sweep = given;
        return () => undefined;
      },
      ...{ historyDays: 30, historyMessages: 1_000, conversationDays: 90 },
      retention: { room: { historyDays: 1 }, ordinary: { historyMessages: 2 }, system: { conversationDays: 1 } },
    });
    onTestFinished(end);
    const now = (): number => START + passed;
    return {
      store,
      now,
      create: async (kind: ConversationDraft['kind'], more: Partial<ConversationDraft> = {}): Promise<string> => {
        const draft = { ...{ kind, members: [], attributes: {}, unique: false, now: now() }, ...more };
        return (await store.createConversation(draft)).info.id;
      },
      send: (conversationId: string, count: number) =>
        store.append(
          Array.from({ length: count }, (__, n): NewMessage => ({
            ...{ conversationId, from: 'Tom', msg: `${n}`, receipt: true, mentions: [], mentionsAll: false },
            now: now(),
          })),
        ),
      texts: async (conversationId: string) =>
        (await store.history({ conversationId, direction: 'new', limit: 100 })).map(({ msg }) => msg),
      pass: (days: number) => {
        passed += days * DAY;
        // A slice at a time: there are few here.
        for (let n = 0; n < 3; n += 1) sweep();
      },
      sweep: () => sweep(),
    };
  };

  it('keeps messages and conversations for as long as their kind says', async () => {
    const { store, create, send, texts, pass, sweep } = await opened();
    const [ordinary, room, system] = [await create('ordinary'), await create('room'), await create('system')];
    const temporary = await create('temporary', { ttl: 3_600 });
    for (const id of [ordinary, room, system, temporary]) await send(id, 5);
    pass(0);
    // At times up to twice as many are kept.
    const latest = expect.arrayContaining(['3', '4']);
    await expect.poll(async () => (sweep(), (await texts(ordinary)).length)).toBeLessThanOrEqual(4);
    expect(await texts(ordinary)).toEqual(latest);
    expect([await texts(room), await texts(system), await texts(temporary)].map((all) => all.length)).toEqual([
      5, 5, 5,
    ]);
    pass(2);
    expect(await texts(room)).toEqual([]);
    expect((await store.conversations([ordinary, room, system, temporary])).map(({ id }) => id)).toEqual([
      ordinary,
      room,
    ]);
    expect(await texts(ordinary)).toEqual(latest);
    pass(29);
    expect(await texts(ordinary)).toEqual([]);
    pass(90);
    expect(await store.conversations([ordinary, room])).toEqual([]);
  });

  it('deletes nothing because of the times that a client names', async () => {
    const { store, now, create, send, texts, pass } = await opened();
    const id = await create('room');
    await send(id, 3);
    const ahead = now() + 1_000 * DAY;
    await store.acknowledge(id, 'Bob', { from: 0, to: ahead }, now());
    await store.markRead(id, 'Bob', { timestamp: ahead }, now());
    await store.history({
      ...{ conversationId: id, direction: 'old', limit: 10 },
      from: { timestamp: ahead, included: true },
    });
    pass(0.5);
    expect(await texts(id)).toHaveLength(3);
  });
});

it('limits of a kind that does not exist, or that are no numbers, are refused by name', async () => {
  const wrong = (retention: unknown): { retention: Record<string, never> } => ({
    retention: retention as Record<string, never>,
  });
  expect(() => memoryStore(wrong({ rooms: {} }))).toThrow('memoryStore.retention.rooms: there is no such kind');
  expect(() => memoryStore(wrong({ room: { days: 1 } }))).toThrow('memoryStore.retention.room.days: there is no');
  expect(() => memoryStore(wrong({ room: { historyDays: '1' } }))).toThrow('memoryStore.retention.room.historyDays');
  await expect(openSqliteStore({ directory: '/none', ...wrong({ x: {} }) })).rejects.toThrow('retention.x');
  await expect(openPostgresStore({ url: 'postgres://h/d', ...wrong({ x: {} }) })).rejects.toThrow('retention.x');
});

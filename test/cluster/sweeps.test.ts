/** Whom a message is for that is read from the database. */
import { expect, test } from 'vitest';
import type { StoredMessage } from 'rx-realtime/server';
import type { LocalSession } from '../../server/cluster/parcel.js';
import { snapshotOf } from '../../server/cluster/snapshot.js';
import { createSweeps } from '../../server/cluster/sweeps.js';

const CAME = 100_000;

const messageAt = (timestamp: number): StoredMessage => ({
  ...{ conversationId: 'c', id: `m${timestamp}`, from: 'Tom', msg: 'hello', timestamp },
  ...{ receipt: false, mentions: [], mentionsAll: false },
});

type Options = Parameters<typeof createSweeps>[0];
type Parts = { readonly [K in 'store' | 'nodes' | 'here']?: Partial<Options[K]> } & Partial<
  Pick<Options, 'wasSeen' | 'arrive'>
>;

const none = <T>(): Promise<readonly T[]> => Promise.resolve([]);
const nothing = <K, V>(): Promise<ReadonlyMap<K, V>> => Promise.resolve(new Map());

/** Sweeps over a database and a process that have nothing but what is given. */
const sweepsOver = ({ store, nodes, here, wasSeen = () => false, arrive = () => undefined }: Parts) =>
  createSweeps({
    now: () => CAME,
    store: {
      conversations: none,
      history: none,
      unreadOf: nothing,
      whoIsListed: () => Promise.resolve(new Set()),
      ...store,
    },
    nodes: {
      ...{ active: none, edited: none, roomsUpTo: none, told: none },
      ...{ members: nothing, written: nothing, read: nothing, tokens: nothing },
      ...nodes,
    },
    here: {
      clientIds: () => [],
      sessionsOf: () => [],
      rooms: () => [],
      clientsIn: () => [],
      roomSince: () => undefined,
      ...here,
    },
    senderOf: () => undefined,
    know: () => undefined,
    ...{ wasSeen, arrive },
  });

/** The times of the messages that a session gets. It came at `CAME`, and saw what was written before 50. */
const heard = async (
  messages: readonly (readonly [at: number, writtenBy: number, isChanged?: boolean])[],
): Promise<readonly number[]> => {
  const session: LocalSession = {
    ...{
      id: 's',
      clientId: 'Jerry',
      token: undefined,
      expiresAt: Infinity,
      isOpen: () => true,
      receive: () => undefined,
    },
    ...{ since: CAME, seen: snapshotOf('48:50:48') },
  };
  const { read } = sweepsOver({
    store: {
      conversations: () =>
        Promise.resolve([{ id: 'c', kind: 'ordinary', creator: 'Tom', members: ['Jerry', 'Tom'], attributes: {} }]),
      history: ({ from }) =>
        Promise.resolve(
          messages.map(([at]) => messageAt(at)).filter(({ timestamp }) => timestamp > (from?.timestamp ?? 0)),
        ),
    },
    nodes: {
      members: (_, clients) => Promise.resolve(new Map(clients.map((client) => [client, 0]))),
      written: (_, from, to) =>
        Promise.resolve(
          new Map(
            messages
              .filter(([at]) => at >= from && at <= to)
              .map(([at, by, isChanged = false]) => [at, { by, isChanged }]),
          ),
        ),
    },
    here: {
      clientIds: () => ['Jerry'],
      sessionsOf: (clientId) => (clientId === 'Jerry' ? [session] : []),
    },
  });
  const { messages: found } = await read('c', 0);
  return found.flatMap(({ at, value: { target } }) =>
    target._tag === 'Sessions' && target.sessions.includes(session) ? [at] : [],
  );
};

test('a session does not get what its client could read when it came', async () => {
  expect(
    await heard([
      [CAME - 1_000, 40],
      [CAME - 1, 47],
      [CAME, 49],
    ]),
  ).toEqual([]);
});

test('a session gets a message that is older than itself, and was committed after it came', async () => {
  expect(
    await heard([
      [CAME - 20, 49],
      [CAME - 10, 48],
      [CAME - 5, 50],
      [CAME - 1, 49],
    ]),
  ).toEqual([CAME - 10, CAME - 5]);
});

test('a session does not get again what was committed before it came, though its time is later', async () => {
  expect(
    await heard([
      [CAME + 10, 49],
      [CAME + 20, 51],
    ]),
  ).toEqual([CAME + 20]);
});

test('a session does not get again what was read or edited since it came', async () => {
  expect(
    await heard([
      [CAME - 10, 60, true],
      [CAME + 10, 61, true],
    ]),
  ).toEqual([CAME + 10]);
});

test('a session gets everything that is much later, and nothing that is much earlier, whoever has written it', async () => {
  expect(
    await heard([
      [CAME - 10_000, 60],
      [CAME + 10_000, 10],
    ]),
  ).toEqual([CAME + 10_000]);
});

test('a message of a system conversation reaches all clients of a process, however many there are', async () => {
  const clients = Array.from({ length: 1_200 }, (_, number) => `c${number}`);
  const seen = new Set<string>();
  const got: string[] = [];
  const sessionOf = (clientId: string): LocalSession => ({
    ...{ id: clientId, clientId, token: undefined, expiresAt: Infinity, isOpen: () => true, receive: () => undefined },
    ...{ since: 0, seen: undefined },
  });
  const sessions = new Map(clients.map((clientId) => [clientId, sessionOf(clientId)]));
  const { messages } = sweepsOver({
    store: {
      history: ({ from }) => Promise.resolve((from?.timestamp ?? 0) < CAME ? [messageAt(CAME)] : []),
    },
    nodes: {
      members: (_, some) => Promise.resolve(new Map(some.map((client) => [client, 0]))),
      active: (some) => Promise.resolve([{ id: 'c', lastAt: CAME, clients: some, isSystem: true }]),
    },
    here: {
      clientIds: () => clients,
      sessionsOf: (clientId) => [sessions.get(clientId) ?? sessionOf(clientId)],
    },
    wasSeen: (id) => seen.has(id),
    // As a process does: it remembers what it has delivered.
    arrive: ({ target, notice }) => {
      if (notice._tag === 'Push' && notice.command.cmd === 'direct') seen.add(notice.command.directMessage.id);
      if (target._tag === 'Sessions') got.push(...target.sessions.map(({ clientId }) => clientId));
    },
  });
  await messages(0);
  expect(got).toEqual(clients);
});

test('who was blocked in a chat room is put out of it, and everybody if it was deleted', async () => {
  const exits: (readonly [roomId: string, clients: readonly string[]])[] = [];
  const { others } = sweepsOver({
    store: {
      conversations: () => Promise.resolve([{ id: 'open', kind: 'room', creator: 'Tom', attributes: {} }]),
      whoIsListed: (_, list, clients) => Promise.resolve(new Set(list === 'blocked' ? clients.slice(0, 1) : [])),
    },
    here: {
      rooms: () => ['open', 'deleted'],
      clientsIn: () => ['Tom', 'Jerry'],
      roomSince: () => 0,
    },
    arrive: ({ target, notice }) => {
      if (notice._tag === 'Exit' && target._tag === 'Clients') exits.push([notice.roomId, target.ids]);
    },
  });
  await others(0);
  expect(exits).toEqual([
    ['open', ['Tom']],
    ['deleted', ['Tom', 'Jerry']],
  ]);
});

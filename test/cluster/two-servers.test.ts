/** Two servers over one database: no client notices which one it is on. */
import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRealtime, createRoom, room, text, type Client, type LoginOptions, type Realtime } from 'rx-realtime';
import { clusterBus, createServer, openPostgresStore, type RtmServer } from 'rx-realtime/server';
import { ownTables, postgresUrl } from '../store/postgres.js';
import { next, sent, textOf } from '../integration/world.js';
import { natsUrl } from './nats.js';

const wires = [
  ...(postgresUrl === undefined || natsUrl === undefined ? [] : [['NATS', natsUrl] as const]),
  ...(postgresUrl === undefined ? [] : [['LISTEN and NOTIFY', undefined] as const]),
];

describe.each(wires)('two servers that reach each other by %s', (_, nats) => {
  const realtimes: Realtime[] = [];
  let tables: Awaited<ReturnType<typeof ownTables>>;
  let servers: readonly RtmServer[];
  let names = 0;
  /** A name that no other test has. */
  const name = (text_: string): string => `${text_}${(names += 1)}`;

  const start = async (): Promise<RtmServer> => {
    const store = await openPostgresStore({ url: tables.url, connections: 6 });
    const bus = await clusterBus({ store, ...(nats === undefined ? {} : { nats }) });
    return createServer({ store, bus });
  };

  beforeAll(async () => {
    tables = await ownTables(postgresUrl ?? '');
    servers = [await start(), await start()];
  }, 30_000);
  afterAll(async () => {
    for (const created of realtimes) created.close();
    await Promise.all(servers.map((server) => server.close()));
    await tables.end();
  }, 30_000);

  const login = (at: number, id: string, options: LoginOptions = {}): Promise<Client> => {
    const created = createRealtime({ appId: 'app', server: servers[at]?.url ?? '' });
    realtimes.push(created);
    return firstValueFrom(created.login(id, options));
  };

  const pair = async () => {
    const [tom, jerry] = await Promise.all([login(0, name('Tom')), login(1, name('Jerry'))]);
    const joined = firstValueFrom(jerry.events$.pipe(filter(({ _tag }) => _tag === 'Joined')));
    const here = await firstValueFrom(tom.createConversation({ members: [jerry.id] }));
    await joined;
    return { tom, jerry, here, there: jerry.conversation(here.id) };
  };

  test('a message reaches a client of the other one, and its receipt comes back', async () => {
    const { jerry, here, there } = await pair();
    const heard = next(jerry.messages$, 3);
    for (const words of ['one', 'two', 'three']) await sent(here, text(words));
    expect((await heard).map(textOf)).toEqual(['one', 'two', 'three']);
    const back = next(here.messages$, 1);
    await sent(there, text('four'));
    expect((await back).map(textOf)).toEqual(['four']);
  });

  test('all receivers get the messages of both sides in one order, each once', async () => {
    const { tom, jerry, here, there } = await pair();
    const watcher = await login(1, tom.id);
    const heard = next(watcher.messages$, 40);
    const heardByJerry = next(jerry.messages$, 20);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await sent(here, text(`h${index}`));
        await sent(there, text(`t${index}`));
      }),
    );
    const [all, atJerry] = await Promise.all([heard, heardByJerry]);
    for (const messages of [all, atJerry]) {
      const times = messages.map(({ timestamp }) => timestamp);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
    }
  });

  test('of two logins with one tag, on a server each, one stays', async () => {
    const id = name('Tagged');
    const clients = await Promise.allSettled([login(0, id, { tag: 'phone' }), login(1, id, { tag: 'phone' })]);
    const open = clients.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await expect
      .poll(async () => {
        const states = await Promise.all(open.map((client) => firstValueFrom(client.status$)));
        return states.filter(({ _tag }) => _tag === 'Open').length;
      })
      .toBe(1);
  });

  test('a kick ends the sessions on all servers', async () => {
    const id = name('Kicked');
    const clients = await Promise.all([login(0, id), login(1, id)]);
    const ends = clients.map((client) => lastValueFrom(client.status$));
    await servers[0]?.kick(id);
    expect((await Promise.all(ends)).map(({ _tag }) => _tag)).toEqual(['Closed', 'Closed']);
  });

  test('who is online is known on both, and not any more after a logout', async () => {
    const id = name('Here');
    const client = await login(0, id);
    expect(await servers[1]?.backEnd.online([id])).toEqual([id]);
    await lastValueFrom(client.close());
    await expect.poll(() => servers[1]?.backEnd.online([id])).toEqual([]);
  });

  test('a chat room is one room: messages, counts, and who is blocked', async () => {
    const { tom, jerry } = await pair();
    const { id } = await firstValueFrom(createRoom(tom));
    const heard = next(room(jerry, id).messages$, 2);
    await expect.poll(() => lastValueFrom(room(tom, id).count())).toBe(1);
    await lastValueFrom(room(tom, id).send(text('a')));
    await lastValueFrom(room(tom, id).send(text('b')));
    expect((await heard).map(textOf)).toEqual(['a', 'b']);
  });
});

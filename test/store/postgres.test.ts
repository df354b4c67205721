/** What only the store in PostgreSQL has to do: several processes, lost connections, and its errors. */
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openPostgresStore, Refusal, type Appended, type NewMessage, type PostgresStore } from 'rx-realtime/server';
import { execute, ownTables, postgresUrl } from './postgres.js';

const server = postgresUrl ?? '';

/** A proxy whose connections can be cut. */
const cuttable = async (url: string): Promise<{ url: string; cut: () => void; refuse: (does: boolean) => void }> => {
  const target = new URL(url);
  const { port, hostname } = target;
  const sockets = new Set<Socket>();
  let refuses = false;
  const proxy: Server = createServer((near) => {
    if (refuses) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined).pipe(to);
      from.once('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  target.port = String((proxy.address() as AddressInfo).port);
  return {
    url: target.href,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    refuse: (does) => {
      refuses = does;
    },
  };
};

const message = (conversationId: string, from: string, more: Partial<NewMessage> = {}): NewMessage => ({
  ...{ conversationId, from, msg: 'text', receipt: false, mentions: [], mentionsAll: false, now: Date.now() },
  ...more,
});

const tagOf = (results: readonly Appended[]): string | undefined => results[0]?._tag;

describe.skipIf(postgresUrl === undefined)('the store in PostgreSQL', () => {
  let tables: Awaited<ReturnType<typeof ownTables>>;
  const stores: PostgresStore[] = [];
  beforeAll(async () => {
    tables = await ownTables(server);
  });
  afterAll(() => tables.end());
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  const open = async (
    options: Partial<Parameters<typeof openPostgresStore>[0]> = {},
    url = tables.url,
  ): Promise<PostgresStore> => {
    const store = await openPostgresStore({ connections: 6, ...options, url });
    stores.push(store);
    return store;
  };
  const create = async (store: PostgresStore, members: readonly string[]): Promise<string> =>
    (await store.createConversation({ kind: 'ordinary', members, attributes: {}, unique: false, now: Date.now() })).info
      .id;

  it('is made once by processes that start at the same time', async () => {
    const own = await ownTables(server);
    onTestFinished(() => own.end());
    const all = await Promise.all([open({}, own.url), open({}, own.url), open({}, own.url)]);
    expect(all).toHaveLength(3);
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  it('takes a pool of pg, and ends it', async () => {
    const pool = new pg.Pool({ connectionString: tables.url, max: 6 });
    const store = await openPostgresStore({ pool });
    expect(await store.conversations(['none'])).toEqual([]);
    await store.close();
    expect(pool.ended).toBe(true);
  });

  it('keeps one order, and each token once, for messages of several processes', async () => {
    const all = [await open(), await open(), await open()] as const;
    const ids = await Promise.all([1, 2, 3].map(() => create(all[0], ['Tom', 'Bob'])));
    const stored: Appended[] = [];
    // Two conversations in each call, in different orders: no process waits for another one for good.
    const write = async (store: PostgresStore, process: number): Promise<void> => {
      for (let n = 0; n < 15; n += 1)
        await Promise.all(
          ids.map(async (_, index) => {
            const pair = [ids[(index + process) % 3] ?? '', ids[(index + n) % 3] ?? ''];
            stored.push(...(await store.append(pair.map((id) => message(id, 'Tom', { token: `${n}` })))));
          }),
        );
    };
    await Promise.all(all.map(write));
    for (const id of ids) {
      const history = await all[1].history({ conversationId: id, direction: 'new', limit: 1_000 });
      expect(history).toHaveLength(15);
      expect(new Set(history.map(({ timestamp }) => timestamp)).size).toBe(15);
    }
    expect(stored.filter(({ _tag }) => _tag === 'Appended')).toHaveLength(45);
    expect(stored.filter(({ _tag }) => _tag === 'Repeated')).toHaveLength(stored.length - 45);
  });

  it('dates messages by the clock of the database, whatever clock a server has', async () => {
    const store = await open();
    const id = await create(store, ['Tom']);
    const [result] = await store.append([message(id, 'Tom', { now: Date.now() + 3_600_000 })]);
    if (result?._tag !== 'Appended') throw new Error('it was not stored');
    expect(Math.abs(result.message.timestamp - Date.now())).toBeLessThan(600_000);
  });

  it('ends sessions by the clock of the database, whatever clocks the servers have', async () => {
    const store = await open();
    const [ahead, right, behind] = [3_600_000, 0, -3_600_000].map((by) => Date.now() + by) as [number, number, number];
    const left = 60_000;
    const session = { token: 'token', holder: 'one', clientId: 'Tom', deviceId: '', expiresAt: ahead + left };
    await store.openSession({ session, resumes: false }, ahead);
    const leftAt = async (now: number): Promise<number> =>
      ((await store.session('token', now))?.expiresAt ?? NaN) - now;
    for (const now of [ahead, right, behind]) expect(Math.abs((await leftAt(now)) - left)).toBeLessThan(30_000);
    const resumed = { ...session, holder: 'two', expiresAt: behind + left };
    expect((await store.openSession({ session: resumed, resumes: true }, behind))._tag).toBe('Opened');
    expect(Math.abs((await leftAt(right)) - left)).toBeLessThan(30_000);
    expect(await store.renewSession({ ...resumed, expiresAt: ahead - 1 }, ahead)).toBe(true);
    expect(await leftAt(right)).toBeLessThan(0);
    const late = { ...session, holder: 'three' };
    expect((await store.openSession({ session: late, resumes: true }, behind))._tag).toBe('Gone');
  });

  it('gives no more room than there is to processes that add members at the same time', async () => {
    const [one, two] = [await open(), await open()];
    const id = await create(one, []);
    const results = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name, n) => (n % 2 === 0 ? one : two).addMembers(id, [name], 3)),
    );
    expect(results.flatMap((result) => result?.added ?? [])).toHaveLength(3);
    const ids = await Promise.all([1, 2, 3, 4].map(() => create(one, [])));
    const joined = await Promise.all(ids.map((each, n) => (n % 2 === 0 ? one : two).addMembers(each, ['Zoe'], 9, 2)));
    expect(joined.flatMap((result) => result?.added ?? [])).toHaveLength(2);
  });

  it('a call that fails fails alone, also among others of one commit', async () => {
    const store = await open();
    const id = await create(store, ['Tom']);
    // Longer than what an index can have, and not compressible.
    const long = Array.from({ length: 6_000 }, (_, n) => String.fromCharCode(0x4e00 + ((n * 7919) % 20_000))).join('');
    const results = await Promise.allSettled([
      store.append([message(id, 'Tom', { token: '1' })]),
      store.append([message(id, 'Tom', { token: long })]),
      store.append([message(id, 'Tom', { token: '2' })]),
      store.setMuted(id, 'Tom', true),
      store.addMembers(id, [long], 9),
      store.addMembers(id, ['Bob'], 9),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    ]);
    const [info] = await store.conversations([id]);
    expect(info).toMatchObject({ members: ['Tom', 'Bob'], mutedMembers: ['Tom'] });
    const refused = store.createConversation({
      ...{ kind: 'ordinary', members: [], attributes: {}, unique: false, now: Date.now() },
      ...{ creator: 'Eve', atMost: { created: 0, memberships: 0 } },
    });
    await expect(refused).rejects.toBeInstanceOf(Refusal);
  });

  it('stores each message once when connections break, and goes on', async () => {
    const proxy = await cuttable(tables.url);
    const store = await open({ patience: 15_000 }, proxy.url);
    const id = await create(store, ['Tom']);
    const tags: (string | undefined)[] = [];
    for (let n = 0; n < 12; n += 1) {
      const sending = [0, 1, 2].map((part) => store.append([message(id, 'Tom', { msg: `${n}:${part}` })]));
      const reading = store.conversations([id]);
      if (n % 3 === 2) setImmediate(proxy.cut);
      tags.push(...(await Promise.all(sending)).map(tagOf));
      expect(await reading).toHaveLength(1);
    }
    expect(new Set(tags)).toEqual(new Set(['Appended']));
    const history = await store.history({ conversationId: id, direction: 'new', limit: 1_000 });
    expect(history.map(({ msg }) => msg)).toEqual(
      Array.from({ length: 36 }, (_, n) => `${Math.floor(n / 3)}:${n % 3}`),
    );
  });

  it('says that the database can not be reached, and when it can again; its errors show no password', async () => {
    const proxy = await cuttable(tables.url);
    const store = await open({ patience: 300 }, proxy.url);
    expect(store.isReachable()).toBe(true);
    proxy.refuse(true);
    proxy.cut();
    await expect.poll(() => store.isReachable()).toBe(false);
    const error = await store.conversations(['x']).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/^StoreFailure: PostgreSQL at 127\.0\.0\.1:\d+\/rx: /);
    expect(String(error)).not.toContain('rx:rx');
    proxy.refuse(false);
    await expect.poll(() => store.isReachable()).toBe(true);
    expect(await store.conversations(['x'])).toEqual([]);
  });

  it('refuses what a full disk can not store, and goes on when there is room', async () => {
    const own = await ownTables(server);
    onTestFinished(() => own.end());
    const store = await open({}, own.url);
    const id = await create(store, ['Tom']);
    // As PostgreSQL says it.
    await execute(
      own.url,
      `create function is_full() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
      create trigger is_full before insert on messages for each row execute function is_full()`,
    );
    const full = 'could not extend file; its disk is full; make room';
    await expect(store.append([message(id, 'Tom'), message(id, 'Tom')])).rejects.toThrow(full);
    expect(await store.history({ conversationId: id, direction: 'new', limit: 10 })).toEqual([]);
    await execute(own.url, 'drop trigger is_full on messages');
    expect(tagOf(await store.append([message(id, 'Tom', { msg: 'there is room' })]))).toBe('Appended');
    const history = await store.history({ conversationId: id, direction: 'new', limit: 10 });
    expect(history.map(({ msg }) => msg)).toEqual(['there is room']);
  });

  it('refuses a database that is newer than the program, or of another one, or not there, and says what to do', async () => {
    const own = await ownTables(server);
    onTestFinished(() => own.end());
    await (await open({}, own.url)).close();
    await execute(own.url, 'update rx_realtime set version = 99');
    await expect(open({}, own.url)).rejects.toThrow('the database has schema 99');
    await execute(own.url, 'drop table rx_realtime');
    await expect(open({}, own.url)).rejects.toThrow('belongs to another program');
    const wrong = new URL(server);
    wrong.password = 'n0t-this';
    const error = await open({}, wrong.href).catch((reason: unknown) => reason);
    expect(String(error)).toContain('the password or the user is wrong');
    expect(String(error)).not.toContain('n0t-this');
    await expect(open({ patience: 100 }, 'postgres://rx:s3cret@127.0.0.1:1/rx')).rejects.toThrow(
      'PostgreSQL at 127.0.0.1:1/rx: connect ECONNREFUSED 127.0.0.1:1; nothing listens there',
    );
    await expect(openPostgresStore({ url: 'mysql://user:s3cret@host/db' })).rejects.toThrow(/^(?!.*s3cret)/);
  });

  it('carries out what was asked for before it closes, and nothing after that', async () => {
    const store = await open();
    const id = await create(store, ['Tom']);
    const asked = [store.append([message(id, 'Tom')]), store.setMuted(id, 'Tom', true)];
    await Promise.all([store.close(), ...asked]);
    await expect(store.conversations([id])).rejects.toThrow('the store is closed');
    await expect(store.append([message(id, 'Tom')])).rejects.toThrow('the store is closed');
  });
});

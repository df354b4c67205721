/** The store in SQLite: what it does with its files. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ConversationInfo } from 'rx-realtime/codecs';
import { openSqliteStore, type NewMessage, type SqliteStore, type SqliteStoreOptions } from 'rx-realtime/server';
import { loadSqlite, mayReadBeside } from '../../server/store/sqlite/driver.js';
import { fromText, toText } from '../../server/store/sql/text.js';
import { remove, temporaryDirectory } from './temporary.js';

const opened: SqliteStore[] = [];
const directories: string[] = [];

const newDirectory = async (): Promise<string> => {
  const directory = await temporaryDirectory();
  directories.push(directory);
  return directory;
};

const open = async (directory: string, options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> => {
  const store = await openSqliteStore({ directory, ...options });
  opened.push(store);
  return store;
};

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  for (const directory of directories.splice(0)) await remove(directory);
});

const create = async (store: SqliteStore, members = ['Tom'], now = Date.now()): Promise<string> => {
  const draft = { kind: 'ordinary', members, attributes: { level: 1 }, unique: false, now } as const;
  return (await store.createConversation(draft)).info.id;
};

const message = (conversationId: string, more: Partial<NewMessage> = {}): NewMessage => ({
  ...{ conversationId, from: 'Tom', msg: 'Hello', receipt: false, mentions: [], mentionsAll: false, now: Date.now() },
  ...more,
});

describe('the store in SQLite', () => {
  it('has everything again when it is opened again', async () => {
    const directory = await newDirectory();
    const first = await open(directory);
    const id = await create(first, ['Tom', 'Jerry']);
    await first.append([message(id, { token: 'one' })]);
    const before = await Promise.all([first.conversations([id]), first.unread('Jerry', undefined, 10)]);
    await first.close();
    const second = await open(directory, { checkIntegrity: true });
    expect(await Promise.all([second.conversations([id]), second.unread('Jerry', undefined, 10)])).toEqual(before);
    expect((await second.append([message(id, { token: 'one' })])).map(({ _tag }) => _tag)).toEqual(['Repeated']);
  });

  it('refuses a second server for a directory, and says so; it can have it after the first', async () => {
    const directory = await newDirectory();
    const first = await open(directory);
    await expect(open(directory)).rejects.toThrow(`${directory} is in use by another server`);
    await first.close();
    await expect(open(directory)).resolves.toBeDefined();
  });

  it('refuses a database that is newer than the program', async () => {
    const directory = await newDirectory();
    await (await open(directory)).close();
    const { DatabaseSync } = await loadSqlite();
    const database = new DatabaseSync(join(directory, 'store.sqlite'));
    database.exec('pragma user_version = 1000');
    database.close();
    await expect(open(directory)).rejects.toThrow('use a later one');
  });

  it('finds out at the start that a file is damaged, if it is asked to', async () => {
    const directory = await newDirectory();
    const store = await open(directory);
    const id = await create(store);
    await store.append(Array.from({ length: 200 }, (_, n) => message(id, { msg: String(n).repeat(500) })));
    await store.close();
    const file = join(directory, 'store.sqlite');
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0x5a, bytes.length / 2, bytes.length / 2 + 8_192));
    await expect(open(directory, { checkIntegrity: true })).rejects.toThrow(/damaged|malformed/);
  });

  it('is copied while it is in use, and a store can be opened with the copy', async () => {
    const [directory, other] = [await newDirectory(), await newDirectory()];
    const store = await open(directory);
    const id = await create(store);
    await store.append([message(id)]);
    const copy = join(other, 'store.sqlite');
    await Promise.all([store.backup(copy), store.append([message(id)])]);
    await expect(store.backup(copy)).rejects.toThrow('exists');
    const again = await open(other, { checkIntegrity: true });
    const found = await again.history({ conversationId: id, direction: 'new', limit: 10 });
    expect(found.length).toBeGreaterThanOrEqual(1);
  });

  it('carries out what was asked for before it closes, and nothing after that', async () => {
    const store = await open(await newDirectory());
    const id = await create(store);
    const appended = store.append([message(id)]);
    const found = store.conversations([id]);
    const closed = store.close();
    expect((await appended).map(({ _tag }) => _tag)).toEqual(['Appended']);
    expect(await found).toHaveLength(1);
    await closed;
    await expect(store.append([message(id)])).rejects.toThrow('the store is closed');
  });

  it('carries out all calls of a group but the one that fails', async () => {
    const store = await open(await newDirectory());
    const id = await create(store);
    const broken = { ...message(id), now: NaN };
    const results = await Promise.allSettled([
      store.append([message(id, { msg: 'one' })]),
      store.append([broken]),
      store.append([message(id, { msg: 'two' })]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const found = await store.history({ conversationId: id, direction: 'new', limit: 10 });
    expect(found.map(({ msg }) => msg)).toEqual(['one', 'two']);
  });

  it.each([Infinity, 1e300])('works with bounds of %d, also when it looks for what has ended', async (bound) => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => {
      written.mockRestore();
    });
    let sweep: () => boolean = () => true;
    const store = await open(await newDirectory(), {
      ...{ historyDays: bound, historyMessages: bound, conversationDays: bound, tokens: bound, unreadLimit: bound },
      ...{ notices: bound, noticeBytes: bound, querySteps: bound, queriedConversations: bound },
      whileSwept: (slice) => {
        sweep = slice;
        return () => undefined;
      },
    });
    const id = await create(store, ['Tom', 'Jerry']);
    await store.append([message(id)]);
    sweep();
    await store.setMuted(id, 'Tom', false);
    expect(await store.history({ conversationId: id, direction: 'new', limit: bound })).toHaveLength(1);
    expect(await store.unread('Jerry', undefined, bound)).toMatchObject([{ count: 1 }]);
    expect(await store.offline('Jerry', bound, bound)).toHaveLength(1);
    expect((await store.listed(id, 'blocked', bound)).clientIds).toEqual([]);
    const session = { token: 'token', holder: 'holder', clientId: 'Jerry', deviceId: '', expiresAt: Date.now() };
    await store.openSession({ session, resumes: false }, Date.now());
    expect(await store.session('token')).toBeDefined();
    const search = {
      where: { _tag: 'And', all: [] } as const,
      skip: 0,
      limit: bound,
      seen: (info: ConversationInfo) => info,
    };
    expect(await store.find(search)).toHaveLength(1);
    const atMost = { created: bound, memberships: bound };
    const draft = { kind: 'ordinary', members: ['Tom'], attributes: {}, unique: false, now: Date.now() } as const;
    expect((await store.createConversation({ ...draft, creator: 'Tom', atMost })).isNew).toBe(true);
    expect(written).not.toHaveBeenCalled();
  });

  it('messages for others in a system conversation are not looked at by its readers', async () => {
    const store = await open(await newDirectory());
    const draft = { kind: 'system', members: [], attributes: {}, unique: false, now: Date.now() } as const;
    const { id } = (await store.createConversation(draft)).info;
    await store.addMembers(id, ['Tom', 'Spike'], 10);
    await store.append([message(id, { from: 'us', msg: 'for all', mentionsAll: true })]);
    await store.append(Array.from({ length: 500 }, () => message(id, { from: 'Spike', speaker: 'Spike' })));
    await store.append([message(id, { from: 'us', to: ['Tom'], msg: 'for Tom' })]);
    const texts = (messages: readonly { readonly msg?: string }[]): readonly unknown[] =>
      messages.map(({ msg }) => msg);
    const query = { conversationId: id, viewer: 'Tom', limit: 5 } as const;
    expect(texts(await store.history({ ...query, direction: 'old' }))).toEqual(['for all', 'for Tom']);
    expect(texts(await store.history({ ...query, direction: 'new' }))).toEqual(['for all', 'for Tom']);
    expect(await store.unread('Tom', undefined, 5)).toMatchObject([
      { count: 2, mentioned: true, last: { msg: 'for Tom' } },
    ]);
    expect((await store.offline('Tom', 5, 5)).flatMap(({ messages }) => texts(messages))).toEqual([
      'for all',
      'for Tom',
    ]);
  });

  it('finds messages by their ids, also those of a database that has all ids in its index', async () => {
    const directory = await newDirectory();
    const first = await open(directory);
    const start = Date.now() - 10_000;
    const id = await create(first);
    const textOf = async (store: SqliteStore, messageId: string): Promise<string | undefined> =>
      (await store.message(id, { id: messageId }))?.msg;
    const append = async (store: SqliteStore, msg: string, now: number): Promise<string> => {
      const [result] = await store.append([message(id, { msg, now })]);
      return result?._tag === 'Appended' ? result.message.id : '';
    };
    const old = await append(first, 'old', start);
    await first.close();
    const { DatabaseSync } = await loadSqlite();
    const database = new DatabaseSync(join(directory, 'store.sqlite'));
    database.exec(`drop index messages_by_id; alter table messages drop column id_has_time;
      create unique index messages_by_id on messages (cid, id); pragma user_version = 3`);
    database.close();

    const store = await open(directory, { checkIntegrity: true });
    const [before] = await store.history({ conversationId: id, direction: 'new', limit: 1 });
    // A time with a fraction is in no id.
    const ids = [old, await append(store, 'new', start + 1), await append(store, 'late', start + 2.5)];
    expect(await Promise.all(ids.map((messageId) => textOf(store, messageId)))).toEqual(['old', 'new', 'late']);
    const moved = { ...message(id), from: 'Tom', timestamp: start + 10 };
    const here = ids.map((messageId) => ({ ...moved, id: messageId }));
    expect((await store.importMessages(here)).map(({ _tag }) => _tag)).toEqual(['Present', 'Present', 'Present']);
    // Ids that begin with another time than that of the message, or with none.
    const others = [`${old}x`, old.slice(0, 8), 'short', ''].map((messageId) => ({ ...moved, id: messageId }));
    expect((await store.importMessages(others)).map(({ _tag }) => _tag)).toEqual(others.map(() => 'Stored'));
    expect((await store.importMessages(others)).map(({ _tag }) => _tag)).toEqual(others.map(() => 'Present'));
    for (const other of others) expect(await store.message(id, { id: other.id })).toMatchObject({ id: other.id });
    // What has moved to its own time is found, and is there once.
    const target = await open(await newDirectory());
    const [, own] = await store.history({ conversationId: id, direction: 'new', limit: 2 });
    const info = (await store.conversationPage(10)).conversations;
    await target.importConversations(info);
    const both = [before, own].flatMap((given) => given ?? []);
    expect((await target.importMessages(both)).map(({ _tag }) => _tag)).toEqual(['Stored', 'Stored']);
    expect((await target.importMessages(both)).map(({ _tag }) => _tag)).toEqual(['Present', 'Present']);
    expect(await Promise.all(both.map((given) => textOf(target, given.id)))).toEqual(['old', 'new']);
    expect(await store.deleteMessage(id, old)).toBe(true);
    expect(await textOf(store, old)).toBeUndefined();
    await target.close();
    const moves = new DatabaseSync(join(directories.at(-1) ?? '', 'store.sqlite'));
    // What begins with its time is not in the index.
    expect(moves.prepare('select id_has_time as flag from messages').all()).toEqual([{ flag: 1 }, { flag: 1 }]);
    moves.close();
  });

  it('deletes what has ended, a slice at a time', async () => {
    const day = 86_400_000;
    let [now, elapsed] = [1_700_000_000_000, 0];
    let sweep: () => boolean = () => true;
    const store = await open(await newDirectory(), {
      ...{ historyDays: 1, conversationDays: 3, historyMessages: 10 },
      clock: { now: () => now, elapsed: () => elapsed },
      whileSwept: (slice) => {
        sweep = slice;
        return () => undefined;
      },
    });
    const make = (): Promise<string> => create(store, ['Tom'], now);
    const [kept, ended, deleted] = [await make(), await make(), await make()];
    const count = async (id: string): Promise<number> =>
      (await store.history({ conversationId: id, direction: 'new', limit: Infinity })).length;
    for (const id of [kept, ended, deleted]) await store.append(Array.from({ length: 30 }, () => message(id, { now })));
    await store.deleteConversation(deleted);
    const slice = async (): Promise<void> => {
      sweep();
      // The slice is among the calls that are carried out before this one.
      await store.setMuted(kept, 'Tom', false);
    };
    await slice();
    expect([await count(kept), await count(deleted)]).toEqual([10, 0]);
    now += 2 * day;
    elapsed += 2 * day;
    await store.updateConversation(kept, { name: 'kept' }, now);
    await slice();
    expect(await count(kept)).toBe(0);
    now += 2 * day;
    elapsed += 2 * day;
    await slice();
    expect((await store.conversations([kept, ended])).map(({ id }) => id)).toEqual([kept]);
  });
});

describe('texts that SQLite would change', () => {
  it.each(['', 'plain', 'a\0b', '\x10', '\x100000', '\ud800', 'x\udc00\ud83d\ude00', '\x10\0\udfff'])(
    '%j is stored as another text and read as itself',
    (text) => {
      expect(toText(text)).not.toContain('\0');
      expect(Buffer.from(toText(text)).toString()).toBe(toText(text));
      expect(fromText(toText(text))).toBe(text);
    },
  );
});

it.each([
  ['3.51.3', true],
  ['3.51.2', false],
  ['3.50.7', true],
  ['3.50.6', false],
  ['3.47.2', false],
  ['3.44.6', true],
  ['3.53.0', true],
  ['4.0.0', true],
])('SQLite %s may have a second connection: %s', (version, may) => {
  expect(mayReadBeside(version)).toBe(may);
});

/** `import` and `export`, by their files. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Binary, BSON, DBRef, Long, ObjectId } from 'bson';
import { describe, expect, it, onTestFinished } from 'vitest';
import { memoryStore, openSqliteStore, type MovingStore, type StoredMessage } from 'rx-realtime/server';
import { exportTo } from '../../server/cli/export.js';
import { importInto, type ImportWorld, type Imported } from '../../server/cli/import.js';
import { openMovingData } from '../../server/cli/moving-data.js';

const folder = (): string => {
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'rx-realtime-moving-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
};

const world = (more: Partial<ImportWorld> = {}): ImportWorld => ({
  env: {},
  say: () => undefined,
  fetch: () => Promise.reject(new Error('there is no network')),
  now: Date.now,
  wait: () => Promise.resolve(),
  open: openMovingData,
  ...more,
});

const now = Date.now();
const iso = (before: number): string => new Date(now - before).toISOString();
const typed = (before: number): object => ({ __type: 'Date', iso: iso(before) });
const HEADER = '#filetype:JSON-streaming {"type":"Class","class":"_Conversation"}';

const group = {
  objectId: '5a5d7432c3422b31ed845e75',
  name: 'a group',
  c: 'Tom',
  m: ['Tom', 'Jerry', '用户'],
  mu: ['Jerry'],
  createdAt: iso(90_000),
  updatedAt: iso(80_000),
  lm: typed(10_000),
  ACL: { '*': { read: true, write: true } },
  owner: { __type: 'Pointer', className: '_User', objectId: '5a5d' },
  since: typed(70_000),
  level: 3,
};
const pair = {
  objectId: '5eccba570d3a42c5fd4e25c3',
  m: ['SteveJobs', 'BillGates'],
  unique: true,
  uniqueId: '6c7b0e5afcae9aa1139a0afa25833dec',
  createdAt: typed(90_000),
  updatedAt: typed(90_000),
  ACL: { Tom: { read: true } },
};
const room = { objectId: 'room', tr: true, m: [], name: 'a room', createdAt: iso(90_000), updatedAt: iso(90_000) };
const system = { objectId: 'system', sys: true, m: ['Tom', 'Jerry'], createdAt: iso(90_000), updatedAt: iso(90_000) };
const conversations = [group, pair, room, system];

const message = (id: string, before: number, more: object = {}): Record<string, unknown> => ({
  timestamp: now - before,
  'conv-id': group.objectId,
  data: `text ${id}`,
  from: 'Tom',
  'msg-id': id,
  'is-conv': true,
  'is-room': false,
  to: group.objectId,
  bin: false,
  'from-ip': '192.0.2.1',
  ...more,
});
/** Newest first, as the API gives them. */
const messages = [
  message('m6', 10_000, { 'ack-at': now - 9_000 }),
  message('m5', 11_000, { data: '{"_lctype":-1,"_lctext":"new"}', 'patch-timestamp': now - 8_000 }),
  message('m4', 12_000, { data: '{"_lctype":-127}' }),
  message('m3', 13_000, { data: Buffer.from([0, 255]).toString('base64'), bin: true }),
  // Two of them at the same time.
  message('m2', 14_000),
  message('m1', 14_000),
  message('r1', 20_000, { 'conv-id': 'room', 'is-conv': false, 'is-room': true }),
  message('s3', 28_000, { 'conv-id': 'system', from: 'Tom', to: 'system' }),
  message('s2', 29_000, { 'conv-id': 'system', from: 'service', to: 'Tom' }),
  message('s1', 30_000, { 'conv-id': 'system', from: 'service', to: 'system' }),
];

const lines = (all: readonly unknown[]): string => all.map((one) => `${JSON.stringify(one)}\n`).join('');

/** Rows of `_ConversationMemberInfo`. The cloud has one for the owner, or not. */
const roles = [
  { objectId: 'r1', cid: group.objectId, clientId: 'Jerry', role: 'Manager', createdAt: iso(80_000) },
  { objectId: 'r2', cid: group.objectId, clientId: 'Tom', role: 'Owner', createdAt: iso(90_000) },
  { objectId: 'r3', cid: group.objectId, clientId: '用户', role: 'Member', createdAt: iso(80_000) },
];

/** Opens a store in memory, so that the tests are fast. Closed, it can still be read. */
const opening =
  (store: MovingStore): ImportWorld['open'] =>
  () =>
    Promise.resolve({ store, secrets: [] });

const emptyStore = (): MovingStore => memoryStore({ whileSwept: () => () => undefined });

const historyOf = (store: MovingStore, conversationId: string, viewer?: string): Promise<readonly StoredMessage[]> =>
  store.history({ conversationId, direction: 'new', limit: 1_000, ...(viewer === undefined ? {} : { viewer }) });

const idsOf = async (store: MovingStore, id: string, viewer?: string): Promise<readonly string[]> =>
  (await historyOf(store, id, viewer)).map((one) => one.id);

const everythingIn = (store: MovingStore): Promise<unknown> =>
  Promise.all([
    store.conversationPage(100),
    ...conversations.map(({ objectId }) =>
      Promise.all([historyOf(store, objectId), store.roles(objectId), store.standingPage(objectId, 99)]),
    ),
  ]);

interface Place {
  readonly store: MovingStore;
  readonly file: (name: string, content: string | Uint8Array) => string;
  readonly take: (...argv: readonly string[]) => Promise<Imported>;
  /** The lines of the report. */
  readonly report: () => readonly string[];
}

const place = (more: Partial<ImportWorld> = {}): Place => {
  const directory = folder();
  const store = emptyStore();
  const report = join(directory, 'report.txt');
  return {
    store,
    file: (name, content) => {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    },
    take: (...argv) => importInto(['--report', report, ...argv], world({ open: opening(store), ...more })),
    report: () =>
      existsSync(report) ? readFileSync(report, 'utf8').replaceAll(`${directory}/`, '').trimEnd().split('\n') : [],
  };
};

/** Checks that everything above is in a store. */
const checkAll = async (store: MovingStore): Promise<void> => {
  const [one, two, three, four] = await store.conversations(conversations.map(({ objectId }) => objectId));
  expect(one).toMatchObject({
    ...{
      kind: 'ordinary',
      name: 'a group',
      creator: 'Tom',
      members: ['Tom', 'Jerry', '用户'],
      mutedMembers: ['Jerry'],
    },
    ...{ createdAt: now - 90_000, updatedAt: now - 80_000, lastMessageAt: now - 10_000 },
    attributes: { owner: group.owner, since: new Date(now - 70_000), level: 3 },
  });
  expect(Object.keys(one?.attributes ?? {}).sort()).toEqual(['level', 'owner', 'since']);
  expect(two).toMatchObject({ unique: true, members: ['SteveJobs', 'BillGates'] });
  expect([three?.kind, three?.members, four?.kind]).toEqual(['room', undefined, 'system']);
  const found = await historyOf(store, group.objectId);
  expect(found.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
  expect(found.slice(1).map(({ timestamp }) => timestamp - now)).toEqual([-14_000, -13_000, -12_000, -11_000, -10_000]);
  expect(found[0]?.timestamp).toBe(now - 14_001);
  expect([...(found[2]?.binaryMsg ?? [])]).toEqual([0, 255]);
  expect([found[3]?.type, found[4]?.editedAt, found[5]?.deliveredAt]).toEqual([-127, now - 8_000, now - 9_000]);
  expect(await idsOf(store, 'room')).toEqual(['r1']);
  expect([await idsOf(store, 'system', 'Tom'), await idsOf(store, 'system', 'Jerry')]).toEqual([
    ['s1', 's2', 's3'],
    ['s1'],
  ]);
  const again = await store.createConversation({
    ...{ kind: 'ordinary', members: ['BillGates', 'SteveJobs'], attributes: {}, unique: true, now },
  });
  expect(again).toMatchObject({ isNew: false, info: { id: pair.objectId } });
};

const asBson = (json: Record<string, unknown>): Uint8Array => {
  const { objectId, owner, createdAt, updatedAt, lm, since, level, ...rest } = json;
  const date = (value: unknown): Date | undefined =>
    value === undefined ? undefined : new Date(typeof value === 'string' ? value : (value as { iso: string }).iso);
  const id = String(objectId);
  return BSON.serialize(
    {
      ...rest,
      _id: id.length === 24 ? new ObjectId(id) : id,
      createdAt: date(createdAt),
      updatedAt: date(updatedAt),
      lm: date(lm),
      since: date(since),
      ...(owner === undefined ? {} : { owner: new DBRef('_User', '5a5d' as unknown as ObjectId) }),
      ...(level === undefined ? {} : { level: Long.fromNumber(3) }),
    },
    { ignoreUndefined: true },
  );
};

const formsOfConversations: readonly (readonly [string, string, () => string | Uint8Array])[] = [
  ['JSON lines', '_Conversation.0.jsonl', () => `${HEADER}\n${lines(conversations)}`],
  [
    'JSON lines with other ends of lines',
    'a.jsonl',
    () => `\ufeff${HEADER}\r\n${lines(conversations).replaceAll('\n', '\r\n')}`,
  ],
  ['JSON lines in gzip', '_Conversation.0.jsonl.gz', () => gzipSync(`${HEADER}\n${lines(conversations)}`)],
  ['BSON', '_Conversation.bson', () => Buffer.concat(conversations.map(asBson))],
  ['BSON in gzip', '_Conversation.x1.bson.gz', () => gzipSync(Buffer.concat(conversations.map(asBson)))],
];
const formsOfMessages: readonly (readonly [string, () => string | Uint8Array])[] = [
  ['JSON lines', () => lines(messages)],
  ['a list', () => JSON.stringify(messages)],
  ['a list over many lines, in gzip', () => gzipSync(JSON.stringify(messages, undefined, 2))],
  ['several lists', () => `${JSON.stringify(messages.slice(0, 3))}\n${JSON.stringify(messages.slice(3))}\n`],
  ['an answer with results', () => JSON.stringify({ results: messages }, undefined, 1)],
];

describe('import', () => {
  it.each(formsOfConversations)('takes conversations as %s', async (_, name, content) => {
    const { store, file, take, report } = place();
    const result = await take(file('messages.json', lines(messages)), file(name, content()));
    expect(result.text).toContain('Imported: 4 conversations and 10 messages');
    expect(report()).toEqual([expect.stringMatching(/^\S+, (line 3|document 2): note: its ACL is left out$/)]);
    expect(result.exitCode).toBe(0);
    await checkAll(store);
  });

  it.each(formsOfMessages)('takes messages as %s', async (_, content) => {
    const { store, file, take } = place();
    await take(file('c.jsonl', lines(conversations)), file('m', content()));
    await checkAll(store);
  });

  it('takes messages oldest first as well', async () => {
    const { store, file, take } = place();
    await take(file('c', lines(conversations)), file('m', lines(messages.toReversed())));
    expect(await idsOf(store, group.objectId)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
  });

  it('takes the roles of members, whichever file comes first, and lists those of others', async () => {
    const { store, file, take, report } = place();
    const more = [
      { cid: group.objectId, clientId: 'Spike', role: 'Manager' },
      { cid: 'none', clientId: 'Tom', role: 'Manager' },
      { cid: group.objectId, clientId: 'Tom', role: 'King' },
    ];
    const header = HEADER.replace('_Conversation', '_ConversationMemberInfo');
    const result = await take(
      file('roles.jsonl', `${header}\n${lines([...roles, ...more])}`),
      file('c', lines(conversations)),
    );
    expect(result.text).toContain('Imported: 4 conversations and 0 messages\nRoles of members: 1\n');
    expect([...(await store.roles(group.objectId))].sort()).toEqual([
      ['Jerry', 'Manager'],
      ['Tom', 'Owner'],
    ]);
    expect(report()).toEqual([
      'c, line 2: note: its ACL is left out',
      expect.stringMatching(/^roles.jsonl, line 7: .*role/),
      `roles.jsonl, line 5: Spike is no member of the conversation ${group.objectId}`,
      'roles.jsonl, line 6: there is no conversation none',
    ]);
  });

  it('stores some MB of conversations at once, however long each is', async () => {
    const { store, file } = place();
    const sizes: number[] = [];
    const counting: MovingStore = {
      ...store,
      importConversations: (all) => {
        sizes.push(all.length);
        return store.importConversations(all);
      },
    };
    const long = Array.from({ length: 6 }, (_, n) => ({ ...room, objectId: `long-${n}`, text: 'x'.repeat(3_000_000) }));
    const report = join(folder(), 'report.txt');
    await importInto(['--report', report, file('c', lines(long))], world({ open: opening(counting) }));
    expect(sizes).toEqual([3, 3]);
  });

  it('takes a conversation whose attributes are named like a role', async () => {
    const { store, file, take } = place();
    await take(file('c', lines([{ ...group, cid: 'x', clientId: 'y', role: 'Manager' }])));
    const [found] = await store.conversations([group.objectId]);
    expect(found?.attributes).toMatchObject({ cid: 'x', clientId: 'y', role: 'Manager' });
  });

  it('changes nothing if it is repeated', async () => {
    const { store, file, take } = place();
    const files = [file('c', lines(conversations)), file('m', lines(messages)), file('r', lines(roles))];
    await take(...files);
    await store.setRole(group.objectId, 'Tom', 'Manager');
    const before = await everythingIn(store);
    const again = await take(...files);
    expect(again.text).toContain('Imported: 0 conversations and 0 messages\nThere already, and left as they are: 17');
    expect(await everythingIn(store)).toEqual(before);
  });

  it('lists what it can not take, by its line and the wrong key, and takes the rest', async () => {
    const { store, file, take, report } = place();
    const deep = Array.from({ length: 102 }).reduce((inner) => ({ inner }), 1);
    const broken = file(
      'broken.jsonl',
      [
        HEADER,
        JSON.stringify({ ...group, m: 'Tom' }),
        '{"objectId": "cut o',
        '',
        JSON.stringify({ objectId: 'no-date' }),
        '"a text"',
        JSON.stringify({ ...pair, objectId: 'kept', deep }),
        JSON.stringify({ a: 1 }),
        JSON.stringify({ ...room, objectId: '_tmp:old', tr: false, ttl: 1 }),
      ].join('\n'),
    );
    const bad = file(
      'bad.json',
      JSON.stringify([
        message('n1', 1, { 'conv-id': 'none' }),
        message('n2', 1, { timestamp: 'late', 'conv-id': 'kept' }),
        message('n3', 1, { bin: true, data: '?', 'conv-id': 'kept' }),
        message('n4', 200 * 86_400_000, { 'conv-id': 'kept' }),
        message('n5', 1, { 'conv-id': 'kept' }),
        message('n9', -86_400_000, { 'conv-id': 'kept' }),
        message('n'.repeat(300), 1, { 'conv-id': 'kept' }),
      ]).replaceAll('},{', '},\n{'),
    );
    const cut = file('cut.json', `[${JSON.stringify(message('n6', 0, { 'conv-id': 'kept' }))},\n{"msg-id": "n7", "da`);
    const packed = gzipSync(lines([message('n8', 0, { 'conv-id': 'kept' })]));
    const files = [broken, bad, cut, file('cut.gz', packed.subarray(0, packed.length - 12))];
    const other = file(
      '_User.0.jsonl',
      '#filetype:JSON-streaming {"type":"Class","class":"_User"}\n{"objectId":"u"}\n',
    );
    const result = await take(...files, other);
    expect(result.exitCode).toBe(2);
    const found = report();
    for (const line of [
      'broken.jsonl, line 2: m should be Array<string>, but is "Tom"',
      'broken.jsonl, line 3: value should be JSON, but is "{\\"objectId\\": \\"cut o"',
      'broken.jsonl, line 5: createdAt should be a date, but is undefined',
      'broken.jsonl, line 6: value should be a JSON object, but is "a text"',
      'broken.jsonl, line 7: note: its ACL is left out',
      'broken.jsonl, line 7: note: its attribute "deep" has more than 100 levels, and is left out',
      'bad.json, line 1: there is no conversation none',
      'bad.json, line 2: timestamp should be a time in ms, but is "late"',
      'bad.json, line 3: data should be base64, since bin is true, but is "?"',
      'bad.json, line 4: it is older than the server keeps messages, of the conversation kept',
      'bad.json, line 6: timestamp should be a time in the past',
      'cut.json, line 2: the file ends inside of this record',
      'cut.gz, the rest: unexpected end of file',
      '_User.0.jsonl, the rest: the file has objects of the class _User; only _Conversation, _ConversationMemberInfo and messages are imported',
    ])
      expect(found).toContain(line);
    expect(found.find((line) => line.startsWith('broken.jsonl, line 8:'))).toMatch(
      /a conversation, which has objectId/,
    );
    expect(found.find((line) => line.startsWith('broken.jsonl, line 9:'))).toMatch(/the conversation _tmp:old$/);
    expect((await idsOf(store, 'kept')).slice(0, 2)).toEqual(['n5', 'n6']);
  });

  it('says which file there is not, and which option is wrong', async () => {
    const { take, file } = place();
    await expect(take()).rejects.toThrow('import needs files, or --from');
    await expect(take('/none')).rejects.toThrow(/there is no such file/);
    await expect(take(folder())).rejects.toThrow(/it is a directory; name its files/);
    await expect(take('--report', '/none/report.txt', file('c', ''))).rejects.toThrow('there is no directory /none');
    const messagesFile = file('m', lines(messages));
    await expect(take('--report', messagesFile, messagesFile)).rejects.toThrow('it is a file to import');
    expect(readFileSync(messagesFile, 'utf8')).toBe(lines(messages));
    await expect(take('--from', 'http://example.com', '--app-id', 'a')).rejects.toThrow('take the https address');
    await expect(take('--from', 'https://example.com', '--app-id', 'a')).rejects.toThrow('RX_REALTIME_IMPORT_KEY');
    expect((await take('--help')).text).toMatch(/^Usage: rx-realtime import/);
    for (const line of (await take('--help')).text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it.skipIf(process.platform === 'win32')('reads a pipe once, and so takes it by itself only', async () => {
    const { store, take, file } = place();
    const pipe = join(folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const conversationsFile = file('c', lines(conversations));
    await expect(take(conversationsFile, pipe)).rejects.toThrow('import it by itself');
    await take(conversationsFile);
    const [{ text }] = await Promise.all([take(pipe), writeFile(pipe, lines(messages))]);
    expect(text).toMatch(/^Imported: 0 conversations and 10 messages/);
    expect(await idsOf(store, 'room')).toEqual(['r1']);
  });

  it('notes what is in another character set than UTF-8', async () => {
    const { store, take, file, report } = place();
    const { text } = await take(
      file('c', Buffer.from(`${JSON.stringify({ ...room, name: 'caf\u00e9' })}\n`, 'latin1')),
    );
    expect(text).toContain('Imported with a note: 1');
    expect(report()[0]).toMatch(/^c, line 1: note: it has characters that could not be read/);
    expect((await store.conversations(['room']))[0]?.name).toBe('caf\ufffd');
  });

  it('lists a file in BSON that is damaged, and what came before it is taken', async () => {
    const { store, file, take, report } = place();
    const documents = conversations.map(asBson);
    const junk = Buffer.from([1, 0, 0, 0, 0]);
    await take(file('c.bson', Buffer.concat([...documents.slice(0, 1), junk, ...documents.slice(1)])));
    expect(report().at(-1)).toMatch(/c\.bson, the rest: byte \d+ begins no BSON document/);
    expect((await store.conversations([group.objectId])).length).toBe(1);
  });

  it('takes no rows of another class for conversations', async () => {
    const { store, file, take, report } = place();
    const users = [{ objectId: 'u', username: 'Tom', email: 'tom@example.com', createdAt: iso(9), updatedAt: iso(9) }];
    const asUsers = Buffer.concat(users.map(asBson));
    expect((await take(file('_User.bson', asUsers), file('users.jsonl', lines(users)))).exitCode).toBe(2);
    expect(report()).toEqual([
      '_User.bson, document 1: m should be a list of clients, in a row of _Conversation, but is undefined',
      'users.jsonl, line 1: m should be a list of clients, in a row of _Conversation, but is undefined',
    ]);
    expect(await store.conversations(['u'])).toEqual([]);
  });

  it('keeps bytes among the attributes of BSON as base64', async () => {
    const { store, file, take } = place();
    const document = {
      _id: 'b',
      m: [],
      createdAt: new Date(now),
      updatedAt: new Date(now),
      bytes: new Binary(Buffer.from('hi')),
    };
    await take(file('c.bson', BSON.serialize(document)));
    expect((await store.conversations(['b']))[0]?.attributes).toEqual({ bytes: 'aGk=' });
  });
});

interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly key: string | null;
}

/** The API of the cloud, with pages of two. `answer` may answer first. */
const cloud = (
  asked: Asked[],
  answer: (asked: Asked) => Response | undefined = () => undefined,
): { readonly fetch: typeof fetch } => {
  const ordered = messages.toReversed();
  const json = (value: unknown): Response => Response.json(value);
  const own = ({ path, query }: Asked): Response => {
    if (query.get('count') === '1') return json({ results: [], count: conversations.length });
    if (path === '/1.1/scan/classes/_Conversation') {
      const from = Number(query.get('cursor') ?? 0);
      const next = from + 2 < conversations.length ? { cursor: String(from + 2) } : {};
      return json({ results: conversations.slice(from, from + 2), ...next });
    }
    if (path === '/1.2/rtm/messages') {
      const after = ordered.findIndex((one) => one['msg-id'] === query.get('msgid'));
      return json(ordered.slice(after + 1, after + 3));
    }
    if (path === '/1.2/rtm/service-conversations/system/subscribers')
      return json(query.has('client_id') ? [] : [{ subscriber: 'Tom' }, { subscriber: 'Spike' }]);
    return Response.json({ code: 1, error: 'not found' }, { status: 404 });
  };
  return {
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const one = { path: url.pathname, query: url.searchParams, key: new Headers(init?.headers).get('x-lc-key') };
      asked.push(one);
      return Promise.resolve(answer(one) ?? own(one));
    },
  };
};

describe('import from the API', () => {
  const argv = (directory: string): readonly string[] => [
    ...['--from', 'https://cloud.example', '--app-id', 'app', '--checkpoint', join(directory, 'checkpoint.json')],
  ];
  const env = { RX_REALTIME_IMPORT_KEY: 'a-very-secret-key' };

  it('takes everything, page by page, with the subscribers of system conversations', async () => {
    const asked: Asked[] = [];
    const { store, take } = place({ env, ...cloud(asked) });
    const { text, exitCode } = await take(...argv(folder()));
    expect([text.split('\n')[0], exitCode]).toEqual(['Imported: 4 conversations and 10 messages', 0]);
    expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(['a-very-secret-key,master']));
    expect((await store.conversations(['system']))[0]?.members).toEqual(['Tom', 'Jerry', 'Spike']);
    expect(await idsOf(store, group.objectId)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
  });

  it('goes on where it was, after an error that does not show the key', async () => {
    const asked: Asked[] = [];
    let isBroken = true;
    const said: string[] = [];
    const { store, take } = place({
      env,
      say: (line) => said.push(line),
      ...cloud(asked, ({ query }) =>
        isBroken && query.get('msgid') === 's2'
          ? Response.json({ error: 'who is a-very-secret-key?' }, { status: 401 })
          : undefined,
      ),
    });
    const directory = folder();
    const failed = await take(...argv(directory)).catch((error: unknown) => String(error));
    expect(failed).toContain('cloud.example/1.2/rtm/messages: status 401');
    expect(JSON.stringify([failed, said])).not.toContain('secret-key');
    expect(readdirSync(directory)).toEqual(['checkpoint.json']);
    expect(readFileSync(join(directory, 'checkpoint.json'), 'utf8')).not.toContain('secret-key');
    isBroken = false;
    asked.length = 0;
    await take(...argv(directory));
    expect(asked.map(({ path, query }) => `${path} ${query.get('msgid') ?? ''}`)[0]).toBe('/1.2/rtm/messages s2');
    expect(await idsOf(store, group.objectId)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
    asked.length = 0;
    const again = await take(...argv(directory));
    expect(again.text).toContain('Imported: 0 conversations and 0 messages');
    expect(asked.filter(({ path }) => path === '/1.2/rtm/messages').map(({ query }) => query.get('msgid'))).toEqual([
      'm6',
    ]);
  });

  it('waits when the cloud says so, keeps to its rate, and gives up after a while', async () => {
    const waits: number[] = [];
    let time = now;
    const clock = {
      now: () => time,
      wait: (ms: number) => {
        waits.push(ms);
        time += ms;
        return Promise.resolve();
      },
    };
    let busy = 2;
    const { take } = place({
      env,
      ...clock,
      ...cloud([], () =>
        (busy -= 1) >= 0 ? new Response('', { status: 429, headers: { 'retry-after': '7' } }) : undefined,
      ),
    });
    await take(...argv(folder()), '--rate', '2');
    expect(waits.slice(0, 2)).toEqual([7_000, 7_000]);
    expect(new Set(waits.slice(2))).toEqual(new Set([500]));
    busy = Infinity;
    await expect(take(...argv(folder()))).rejects.toThrow('status 429, 8 times');
  });

  it('begins the conversations anew if the cloud has forgotten its cursor', async () => {
    let isLost = false;
    let isStopped = true;
    const { take } = place({
      env,
      ...cloud([], ({ path, query }) => {
        if (path.includes('/subscribers') && isStopped) return Response.json({ error: 'no' }, { status: 403 });
        if (query.get('cursor') !== null && isLost) {
          isLost = false;
          return Response.json({ error: 'cursor not found' }, { status: 400 });
        }
        return undefined;
      }),
    });
    const directory = folder();
    await expect(take(...argv(directory))).rejects.toThrow('status 403');
    [isStopped, isLost] = [false, true];
    const { text } = await take(...argv(directory));
    expect(text).toContain('Imported: 0 conversations and 10 messages\nThere already, and left as they are: 4');
  });
});

describe('export', () => {
  it.each([
    ['JSON lines', []],
    ['gzip', ['--gzip']],
    ['BSON', ['--bson', '--gzip']],
  ])('gives what import takes, as %s', async (_, argv) => {
    const { store, file, take } = place();
    await take(file('c', lines(conversations)), file('m', lines(messages)), file('r', lines(roles)));
    await store.markRead(group.objectId, 'Jerry', { id: 'm5' }, now);
    await store.setListed(group.objectId, 'silenced', ['用户'], true, 9);
    await store.setListed('room', 'blocked', ['Spike'], true, 9);
    const to = join(folder(), 'out');
    expect(await exportTo(['--to', to, ...argv], {}, opening(store))).toMatch(/has 4 conversations .* 10 messages/);
    const files = readdirSync(to).map((name) => join(to, name));
    const other = place();
    await other.take(...files);
    expect(other.report()).toEqual([]);
    expect((await other.store.unreadOf(group.objectId, ['Jerry'])).get('Jerry')?.count).toBe(1);
    expect(await everythingIn(other.store)).toEqual(await everythingIn(store));
    await expect(exportTo(['--to', to, ...argv], {}, opening(store))).rejects.toThrow('is there already');
    // Whatever is in the way, nothing else is written.
    const half = folder();
    writeFileSync(join(half, files.at(-1)?.split('/').at(-1) ?? ''), '');
    await expect(exportTo(['--to', half, ...argv], {}, opening(store))).rejects.toThrow('is there already');
    expect(readdirSync(half)).toHaveLength(1);
    const first = files[0] ?? '';
    if (argv.length === 0) expect(readFileSync(first, 'utf8').split('\n')[0]).toBe(HEADER);
    else expect(gunzipSync(readFileSync(first)).length).toBeGreaterThan(0);
  });

  it('works with files of SQLite', async () => {
    const directory = folder();
    const [data, to] = [join(directory, 'data'), join(directory, 'out')];
    const { file, report } = place();
    const argv = ['--report', join(directory, 'report.txt'), '--data', data];
    await importInto([...argv, file('c', lines(conversations)), file('m', lines(messages))], world());
    const store = await openSqliteStore({ directory: data });
    await checkAll(store);
    await expect(exportTo(['--data', data, '--to', to], {})).rejects.toThrow('is in use by another server');
    await store.close();
    await exportTo(['--data', data, '--to', to], {});
    const files = ['_Conversation.jsonl', '_ConversationMemberInfo.jsonl', 'messages.jsonl', 'standings.jsonl'];
    expect([readdirSync(to), report()]).toEqual([files, []]);
  });

  it('makes no store where there is none', async () => {
    const directory = folder();
    await expect(exportTo(['--data', directory, '--to', join(directory, 'out')], {})).rejects.toThrow('has no store');
    expect(readdirSync(directory)).toEqual([]);
  });
});

/**
 * Every conversation feature between the published client and ours, through our server. Both clients are in the same
 * conversation and see the same changes.
 */
import { createHmac, randomUUID } from 'node:crypto';
import * as Published from 'leancloud-realtime';
import { filter, firstValueFrom, lastValueFrom, map, take, toArray, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createRealtime,
  text,
  where,
  type Client,
  type ClientEvent,
  type Realtime,
  type RealtimeOptions,
  type Signature,
  online,
  findConversations,
  room,
  unblock,
  blocked,
  silence,
  roles,
  createRoom,
} from 'rx-realtime';
import type { RtmServer, ServerOptions, SignedAction } from 'rx-realtime/server';
import { places, serverIn, type Place } from './places.js';

/** The parts of the published client that these tests use. Its own types do not have all of them. */
interface Outcome {
  readonly successfulClientIds: readonly string[];
  readonly failures: readonly { readonly code: number; readonly clientIds: readonly string[] }[];
}
interface Theirs {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly transient?: boolean;
  readonly expired?: boolean;
  readonly lastMessage?: unknown;
  get(key: string): unknown;
  set(key: string, value: unknown): unknown;
  save(): Promise<unknown>;
  add(ids: readonly string[]): Promise<Outcome>;
  remove(ids: readonly string[]): Promise<Outcome>;
  join(): Promise<unknown>;
  quit(): Promise<unknown>;
  count(): Promise<number>;
  mute(): Promise<unknown>;
  unmute(): Promise<unknown>;
  send(message: Published.Message, options?: object): Promise<unknown>;
  on(event: string, listener: (...args: never[]) => void): unknown;
  updateMemberRole(id: string, role: string): Promise<unknown>;
  getAllMemberInfo(options?: object): Promise<readonly { readonly memberId: string; readonly role: string }[]>;
  muteMembers(ids: readonly string[]): Promise<Outcome>;
  unmuteMembers(ids: readonly string[]): Promise<Outcome>;
  queryMutedMembers(): Promise<{ readonly results: readonly string[] }>;
  blockMembers(ids: readonly string[]): Promise<Outcome>;
  unblockMembers(ids: readonly string[]): Promise<Outcome>;
  queryBlockedMembers(): Promise<{ readonly results: readonly string[] }>;
}
type Query = Record<string, (...args: readonly unknown[]) => Query> & { find(): Promise<readonly Theirs[]> };
interface TheirClient {
  readonly id: string;
  createConversation(options: object): Promise<Theirs>;
  createChatRoom(options: object): Promise<Theirs>;
  createTemporaryConversation(options: object): Promise<Theirs>;
  getConversation(id: string, noCache?: boolean): Promise<Theirs | null>;
  getQuery(): Query;
  on(event: string, listener: (...args: never[]) => void): unknown;
  close(): Promise<unknown>;
}
interface TheirRequest {
  readonly method: string;
  readonly path: string;
  readonly version?: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}
interface TheirRealtime {
  _request(request: TheirRequest): Promise<unknown>;
  createIMClient(id: string, options?: object): Promise<TheirClient>;
  pause(): void;
  resume(): void;
  retry(): void;
}

const ends: (() => unknown)[] = [];
let server: RtmServer;

const serve = async (open: Place['open'], options?: ServerOptions): Promise<void> => {
  server = await serverIn(open, options);
  ends.push(() => server.close());
};

/** The published client uses its HTTP API over HTTPS only. These tests run without that API. */
const withoutTls = (realtime: TheirRealtime): TheirRealtime =>
  Object.assign(realtime, {
    _request: async ({ method, path, version = '1.1', query = {}, headers = {} }: TheirRequest): Promise<unknown> => {
      const asText = Object.entries(query).map(([key, value]): [string, string] => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]);
      const address = `${server.url.replace('ws', 'http')}/${version}${path}?${new URLSearchParams(asText).toString()}`;
      const response = await fetch(address, { method, headers });
      if (!response.ok) throw new Error(`${address} answered with ${String(response.status)}`);
      return response.json();
    },
  });

const published = async (
  id: string,
  options: object = {},
): Promise<{ readonly client: TheirClient; readonly realtime: TheirRealtime }> => {
  const realtime = new Published.Realtime({
    appId: randomUUID(),
    appKey: 'key',
    server: server.url.replace('ws', 'http'),
    RTMServers: server.url,
  }) as unknown as TheirRealtime;
  withoutTls(realtime);
  const client = await realtime.createIMClient(id, options);
  ends.push(() => client.close().catch(() => undefined));
  return { client, realtime };
};

const ours = async (
  id: string,
  options: Partial<RealtimeOptions> = {},
): Promise<{ readonly client: Client; readonly realtime: Realtime }> => {
  const realtime = createRealtime({ appId: 'app', server: server.url, ...options });
  ends.push(() => {
    realtime.close();
  });
  return { client: await firstValueFrom(realtime.login(id)), realtime };
};

const done = (command$: Observable<unknown>): Promise<unknown> => firstValueFrom(command$);

/** The payload of the next event of the published client with this name, without the conversation. */
const event = (
  emitter: { on(name: string, listener: (...args: never[]) => void): unknown },
  name: string,
): Promise<unknown> =>
  new Promise((resolve) => {
    emitter.on(name, (...args: unknown[]) => {
      resolve(args[0]);
    });
  });

/** The same for the next event about this member. */
const next = (
  emitter: { on(name: string, listener: (...args: never[]) => void): unknown },
  name: string,
  member: string,
): Promise<unknown> =>
  new Promise((resolve) => {
    emitter.on(name, (payload: { readonly members: readonly string[] }) => {
      if (payload.members.includes(member)) resolve(payload);
    });
  });

/** The next log entries of our client about members. */
const told = (client: Client, count: number): Promise<readonly unknown[]> =>
  lastValueFrom(
    client.events$.pipe(
      filter((entry): entry is Extract<ClientEvent, { members: unknown }> => 'members' in entry),
      map(({ _tag, members, by }) => [_tag, [...members].sort(), by]),
      take(count),
      toArray(),
    ),
  );

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const theirs = async (client: TheirClient, id: string): Promise<Theirs> => {
  const conversation = await client.getConversation(id, true);
  if (conversation === null) throw new Error('there should be a conversation');
  return conversation;
};

describe.each(places)('conversations, $place', ({ open }) => {
  beforeEach(() => serve(open));

  it('of all kinds can be created by either client and found by the other', async () => {
    const [{ client: tom }, { client: jerry }] = [await published('Tom'), await ours('Jerry')];
    const nested = { topic: 'mice', deep: { when: new Date(1_000), list: [1, { a: null }] } };
    const ordinary = await tom.createConversation({ members: ['Jerry'], name: 'n', unique: false, ...nested });
    const info = await firstValueFrom((await firstValueFrom(jerry.fetchConversation(ordinary.id))).state$);
    expect(info).toMatchObject({ kind: 'ordinary', name: 'n', creator: 'Tom', attributes: nested });
    const unique = await tom.createConversation({ members: ['Jerry'], unique: true });
    expect((await firstValueFrom(jerry.createConversation({ members: ['Tom'], unique: true }))).id).toBe(unique.id);

    const mine = await firstValueFrom(jerry.createConversation({ members: ['Tom'], name: 'm', attributes: nested }));
    const found = await theirs(tom, mine.id);
    expect([found.name, found.get('topic'), found.get('deep')]).toEqual(['m', 'mice', nested.deep]);

    const room = await firstValueFrom(createRoom(jerry, { name: 'room' }));
    expect((await theirs(tom, room.id)).transient).toBe(true);
    const temporary = await tom.createTemporaryConversation({ members: ['Jerry'], ttl: 60 });
    expect(temporary.id).toMatch(/^_tmp:/);
    expect(await firstValueFrom((await firstValueFrom(jerry.fetchConversation(temporary.id))).state$)).toMatchObject({
      kind: 'temporary',
      ttl: 60,
    });
    const heard = firstValueFrom(jerry.messages$);
    await temporary.send(new Published.TextMessage('psst'));
    expect(await heard).toMatchObject({ conversationId: temporary.id, from: 'Tom' });
  });

  it('can be found with every condition of the published client', async () => {
    const { client } = await published('Tom');
    const create = (name: string, members: readonly string[], attributes: object) =>
      client.createConversation({ name, members, unique: false, ...attributes });
    await create('alpha', ['Jerry'], { age: 1, tags: ['x', 'y'] });
    await create('Beta.*', ['Jerry', 'Spike'], { age: 2, tags: ['y'] });
    await create('gamma', [], { age: 3 });
    const names = async (query: Query): Promise<readonly string[]> => (await query.find()).map(({ name }) => name);
    const sorted = (): Query => client.getQuery()['ascending']?.('age') ?? client.getQuery();
    const ask = (...calls: readonly (readonly [string, ...unknown[]])[]): Promise<readonly string[]> =>
      names(calls.reduce<Query>((query, [method, ...args]) => query[method]?.(...args) ?? query, sorted()));
    expect(await ask(['equalTo', 'age', 2])).toEqual(['Beta.*']);
    expect(await ask(['notEqualTo', 'age', 2])).toEqual(['alpha', 'gamma']);
    expect(await ask(['greaterThan', 'age', 1], ['lessThanOrEqualTo', 'age', 2])).toEqual(['Beta.*']);
    expect(await ask(['matches', 'name', /^BETA/i])).toEqual(['Beta.*']);
    expect(await ask(['contains', 'name', '.*'])).toEqual(['Beta.*']);
    expect(await ask(['startsWith', 'name', 'al'])).toEqual(['alpha']);
    expect(await ask(['withMembers', ['Jerry'], true])).toEqual(['alpha']);
    expect(await ask(['containsMembers', ['Jerry']])).toEqual(['alpha', 'Beta.*']);
    expect(await ask(['containedIn', 'age', [1, 3]])).toEqual(['alpha', 'gamma']);
    expect(await ask(['notContainsIn', 'age', [1, 3]])).toEqual(['Beta.*']);
    expect(await ask(['containsAll', 'tags', ['x', 'y']])).toEqual(['alpha']);
    expect(await ask(['sizeEqualTo', 'tags', 1])).toEqual(['Beta.*']);
    expect(await ask(['exists', 'tags'])).toEqual(['alpha', 'Beta.*']);
    expect(await ask(['doesNotExist', 'tags'])).toEqual(['gamma']);
    expect(await ask(['limit', 1], ['skip', 1])).toEqual(['Beta.*']);
    expect(await ask(['addDescending', 'name'], ['equalTo', 'creator', 'nobody'])).toEqual([]);
    const [compact] = await (sorted()['compact']?.() ?? sorted()).find();
    expect(compact?.members).toEqual([]);
  });

  it('give both clients the same members, attributes and messages in the same order', async () => {
    const [{ client: tom }, { client: jerry }, { client: spike }, { client: tablet }] = [
      await published('Tom'),
      await ours('Jerry'),
      await published('Spike'),
      await ours('Jerry'),
    ];
    const heard = [told(jerry, 2), told(tablet, 2)];
    const here = await tom.createConversation({ members: ['Jerry'], unique: false });
    for (const entries of heard)
      expect(await entries).toEqual([
        ['Joined', ['Jerry'], 'Tom'],
        ['Joined', ['Tom'], 'Tom'],
      ]);

    const there = jerry.conversation(here.id);
    const [invited, joined, again] = [event(spike, 'invited'), next(tom, 'membersjoined', 'Spike'), told(tablet, 1)];
    expect(await lastValueFrom(there.add(['Spike']))).toEqual({ allowed: ['Spike'], failed: [] });
    expect([await invited, await joined, await again]).toEqual([
      { invitedBy: 'Jerry' },
      { invitedBy: 'Jerry', members: ['Spike'] },
      [['Joined', ['Spike'], 'Jerry']],
    ]);

    const spikes = await theirs(spike, here.id);
    const order: string[] = [];
    jerry.events$.subscribe((entry) => {
      if (entry._tag === 'Message' || entry._tag === 'Left') order.push(entry._tag);
    });
    const [kicked, left] = [event(spike, 'kicked'), told(jerry, 1)];
    await spikes.send(new Published.TextMessage('bye'));
    await here.remove(['Spike']);
    expect(await kicked).toEqual({ kickedBy: 'Tom' });
    expect(await left).toEqual([['Left', ['Spike'], 'Tom']]);
    expect(order).toEqual(['Message', 'Left']);

    const [mine, all] = [told(jerry, 1), next(tom, 'membersjoined', 'Spike')];
    await spikes.join();
    expect([await mine, await all]).toEqual([
      [['Joined', ['Spike'], 'Spike']],
      { invitedBy: 'Spike', members: ['Spike'] },
    ]);
    expect(await here.count()).toBe(3);
    const gone = event(tom, 'membersleft');
    await spikes.quit();
    expect(await gone).toEqual({ kickedBy: 'Spike', members: ['Spike'] });

    const updated = event(tom, 'conversationinfoupdated');
    await done(there.update({ name: 'x', attributes: { 'a.b': 1 }, unset: ['never'] }));
    expect(await updated).toMatchObject({ updatedBy: 'Jerry', attributes: { name: 'x', 'a.b': 1 } });
    const seen = firstValueFrom(there.state$.pipe(filter(({ attributes }) => attributes['when'] !== undefined)));
    here.set('when', new Date(5));
    await here.save();
    expect((await seen).attributes).toEqual({ a: { b: 1 }, when: new Date(5) });
    await here.mute();
    expect(
      (await firstValueFrom((await firstValueFrom(jerry.fetchConversation(here.id))).state$)).mutedMembers,
    ).toEqual(['Tom']);
    await here.unmute();
  });

  it('have roles, silenced and blocked clients; either client sets, lists and receives them', async () => {
    const [{ client: tom }, { client: jerry }, { client: spike }] = [
      await published('Tom'),
      await ours('Jerry'),
      await published('Spike'),
    ];
    const here = await tom.createConversation({ members: ['Jerry', 'Spike'], unique: false });
    const there = jerry.conversation(here.id);
    const spikes = await theirs(spike, here.id);
    await spikes.getAllMemberInfo();
    const [role, changed] = [
      firstValueFrom(roles(there).pipe(filter((roles) => roles.get('Jerry') === 'Manager'))),
      event(spike, 'memberinfoupdated'),
    ];
    await here.updateMemberRole('Jerry', 'Manager');
    await role;
    expect(await changed).toMatchObject({ member: 'Jerry', updatedBy: 'Tom' });
    const infos = await spikes.getAllMemberInfo({ noCache: true });
    expect(infos.map(({ memberId, role: given }) => `${memberId} ${given}`).sort()).toEqual([
      'Jerry Manager',
      'Spike Member',
      'Tom Owner',
    ]);

    const [muted, others, own] = [event(spike, 'muted'), event(tom, 'membersmuted'), told(jerry, 1)];
    await done(silence(there, ['Spike']));
    expect([await muted, await others, await own]).toEqual([
      { mutedBy: 'Jerry' },
      { mutedBy: 'Jerry', members: ['Spike'] },
      [['Silenced', ['Spike'], 'Jerry']],
    ]);
    await expect(spikes.send(new Published.TextMessage('x'))).rejects.toMatchObject({ code: 4563 });
    expect((await here.queryMutedMembers()).results).toEqual(['Spike']);
    const [unmuted, unsilenced] = [event(spike, 'unmuted'), told(jerry, 1)];
    await here.unmuteMembers(['Spike']);
    expect([await unmuted, await unsilenced]).toEqual([{ unmutedBy: 'Tom' }, [['Unsilenced', ['Spike'], 'Tom']]]);

    const [kicked, blockedBy, both] = [event(spike, 'kicked'), event(spike, 'blocked'), told(jerry, 2)];
    expect(await here.blockMembers(['Spike'])).toMatchObject({ successfulClientIds: ['Spike'] });
    expect([await kicked, await blockedBy, await both]).toEqual([
      { kickedBy: 'Tom' },
      { blockedBy: 'Tom' },
      [
        ['Left', ['Spike'], 'Tom'],
        ['Blocked', ['Spike'], 'Tom'],
      ],
    ]);
    expect(await lastValueFrom(blocked(there))).toEqual({ clientIds: ['Spike'] });
    expect((await here.add(['Spike'])).failures).toMatchObject([{ code: 4315, clientIds: ['Spike'] }]);
    const unblocked = event(tom, 'membersunblocked');
    await done(unblock(there, ['Spike']));
    expect(await unblocked).toEqual({ unblockedBy: 'Jerry', members: ['Spike'] });
    expect((await here.queryBlockedMembers()).results).toEqual([]);
    expect(await here.add(['Spike'])).toMatchObject({ successfulClientIds: ['Spike'] });
  });

  it('tell the published client of each change that it makes itself, once', async () => {
    const { client: tom } = await published('Tom');
    const heard: string[] = [];
    const names = ['invited', 'kicked', 'membersjoined', 'membersleft', 'memberinfoupdated', 'membersmuted'];
    for (const name of [...names, 'membersunmuted', 'membersblocked', 'membersunblocked'])
      tom.on(name, ({ members = [], member }: { readonly members?: readonly string[]; readonly member?: string }) =>
        heard.push([name, ...members, ...(member === undefined ? [] : [member])].join(' ')),
      );
    const here = await tom.createConversation({ members: ['Jerry'], unique: false });
    await here.getAllMemberInfo();
    await here.add(['Spike']);
    await here.updateMemberRole('Jerry', 'Manager');
    await here.muteMembers(['Spike']);
    await here.unmuteMembers(['Spike']);
    await here.blockMembers(['Spike']);
    await here.unblockMembers(['Spike']);
    await here.remove(['Jerry']);
    await expect.poll(() => heard.length).toBeGreaterThan(9);
    await here.count();
    expect(heard).toEqual([
      'invited',
      'membersjoined Tom Jerry',
      'membersjoined Spike',
      'memberinfoupdated Jerry',
      'membersmuted Spike',
      'membersunmuted Spike',
      'membersleft Spike',
      'membersblocked Spike',
      'membersunblocked Spike',
      'membersleft Jerry',
    ]);
    expect(here.members).toEqual(['Tom']);
  });

  it('that are chat rooms are shared by both clients, have a count, and are entered again after a break', async () => {
    const [{ client: tom, realtime }, { client: jerry }] = [await published('Tom'), await ours('Jerry', { grace: 0 })];
    const shared = await tom.createChatRoom({ name: 'room' });
    await shared.join();
    const heard = firstValueFrom(room(jerry, shared.id).messages$);
    await expect.poll(() => shared.count()).toBe(2);
    await shared.send(new Published.TextMessage('a'), { priority: Published.MessagePriority.LOW });
    expect(await heard).toMatchObject({ body: { text: 'a' } });
    const theirs$ = event(tom, 'message');
    await done(room(jerry, shared.id).send(text('b'), { priority: 'high' }));
    expect(await theirs$).toMatchObject({ from: 'Jerry' });
    const back = event(tom, 'reconnect');
    realtime.pause();
    await expect.poll(() => lastValueFrom(room(jerry, shared.id).count())).toBe(0);
    realtime.resume();
    realtime.retry();
    await back;
    await expect.poll(() => lastValueFrom(room(jerry, shared.id).count())).toBe(1);
    const rooms = await lastValueFrom(findConversations(jerry, { where: where.isRoom }));
    expect(rooms.map(({ id }) => id)).toEqual([shared.id]);
  });

  it('that changed during a break are reported to the published client after its reconnect', async () => {
    const [{ client: tom, realtime }, { client: jerry }] = [await published('Tom'), await ours('Jerry')];
    const first = await firstValueFrom(jerry.createConversation({ members: ['Tom'] }));
    await theirs(tom, first.id);
    realtime.pause();
    await expect.poll(() => lastValueFrom(online(jerry, ['Tom'])).then(({ size }) => size)).toBe(0);
    const [invited, kicked] = [event(tom, 'invited'), event(tom, 'kicked')];
    await done(first.remove(['Tom']));
    await firstValueFrom(jerry.createConversation({ members: ['Tom'], name: 'second' }));
    realtime.resume();
    realtime.retry();
    expect([await invited, await kicked]).toEqual([{ invitedBy: 'Jerry' }, { kickedBy: 'Jerry' }]);
  });

  it('of the system can be joined by both clients; messages of users reach the back end only', async () => {
    const [{ client: tom }, { client: jerry }] = [await published('Tom'), await ours('Jerry')];
    const { id } = await server.backEnd.create({ kind: 'system', name: 'News' });
    const here = await theirs(tom, id);
    await here.join();
    await done(jerry.conversation(id).join());
    const both = [event(tom, 'message'), firstValueFrom(jerry.messages$)];
    await here.send(new Published.TextMessage('a question'));
    await server.backEnd.send(id, { body: text('to all') });
    expect(await both[0]).toMatchObject({ text: 'to all' });
    expect(await both[1]).toMatchObject({ body: text('to all') });
    expect((await server.backEnd.history(id)).length).toBe(2);
  });
});

describe.each(places)('signatures of conversations, $place', ({ open }) => {
  const KEY = 'a key that no client has';
  const ALL: readonly SignedAction[] = ['login', 'create', 'add', 'join', 'remove', 'quit', 'block', 'unblock'];
  let appId = '';

  const sign = (parts: readonly string[], action?: string): Signature => {
    const [timestamp, nonce] = [Date.now(), randomUUID()];
    const signed = [...parts, timestamp, nonce, ...(action === undefined ? [] : [action])].join(':');
    return { signature: createHmac('sha1', KEY).update(signed).digest('hex'), timestamp, nonce };
  };
  /** The action names in this version, and the actions that are signed. */
  const ACTIONS: Readonly<Record<string, string>> = { add: 'invite', remove: 'kick' };
  const factory = (
    conversationId: string | null,
    clientId: string,
    members: readonly string[],
    action: string,
  ): Signature =>
    action === 'create'
      ? sign([appId, clientId, members.join(':')])
      : sign([appId, clientId, conversationId ?? '', members.join(':')], ACTIONS[action] ?? action);
  const blacklistFactory = (
    clientId: string,
    conversationId: string,
    members: readonly string[],
    action: string,
  ): Signature => factory(conversationId, clientId, members, action);

  it('from the factories of the published client are accepted; unsigned actions are refused', async () => {
    await serve(open, { masterKey: KEY, signed: ALL });
    appId = randomUUID();
    const realtime = new Published.Realtime({
      appId,
      appKey: 'key',
      server: server.url.replace('ws', 'http'),
      RTMServers: server.url,
    }) as unknown as TheirRealtime;
    const login = (id: string, options: object) =>
      realtime.createIMClient(id, { signatureFactory: (clientId: string) => sign([appId, clientId, '']), ...options });
    const tom = await login('Tom', {
      conversationSignatureFactory: factory,
      blacklistSignatureFactory: blacklistFactory,
    });
    ends.push(() => tom.close().catch(() => undefined));
    const here = await tom.createConversation({ members: ['z', 'y'], unique: false });
    expect(await here.add(['d', 'c'])).toMatchObject({ successfulClientIds: ['d', 'c'] });
    expect(await here.remove(['d'])).toMatchObject({ successfulClientIds: ['d'] });
    expect(await here.blockMembers(['z'])).toMatchObject({ successfulClientIds: ['z'] });
    expect(await here.unblockMembers(['z'])).toMatchObject({ successfulClientIds: ['z'] });
    const jerry = await login('Jerry', {});
    ends.push(() => jerry.close().catch(() => undefined));
    await expect(jerry.createConversation({ members: ['Tom'], unique: false })).rejects.toMatchObject({ code: 4302 });
    await expect((await theirs(jerry, here.id)).join()).rejects.toMatchObject({ code: 4302 });
  });
});

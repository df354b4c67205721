/** All stores give the same for the same commands. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusal, memoryStore, type Store } from 'rx-realtime/server';
import { anyEdit } from './edits.js';
import { stores } from './stores.js';

const NOW = 1_700_000_000_000;
/** Longer than any clock of these tests goes, ms. */
const FOR_GOOD = 1e13;

/** Commands name clients, conversations, messages and tokens by numbers, since each store has ids of its own. */
const clients = ['a', 'b', 'c\0', 'd\x10', '\ud800'];
const client = fc.constantFrom(...clients);
const some = fc.array(client, { maxLength: 4 });
const place = fc.nat(2);
const moment = fc.nat(20).map((n) => NOW + n);
const body = fc.oneof(
  fc.record({ msg: fc.constantFrom('text', 'with \0 and \x10', '\ud83d\ude00 \udc00', '') }),
  fc.record({ binaryMsg: fc.uint8Array({ maxLength: 4 }) }),
);
const type = fc.constantFrom(undefined, undefined, -1, -102, 1e18, 2.5);
const mentioning = fc.record({ mentions: fc.uniqueArray(client, { maxLength: 2 }), mentionsAll: fc.boolean() });

/** One side of the comparison: a store, and its ids in the order in which it gave them. */
class Side {
  readonly conversations: string[] = [];
  /** The chat rooms among them: they have no members. */
  readonly rooms = new Set<string>();
  readonly messages: string[] = [];

  constructor(
    readonly store: Store,
    readonly prefix: string,
  ) {}

  own(id: string): string {
    return `${this.prefix}${id}`;
  }

  all(ids: readonly string[]): string[] {
    return ids.map((id) => this.own(id));
  }

  at(index: number): string {
    return this.conversations[index] ?? 'none';
  }

  /** A message that was stored, or none. */
  messageAt(index: number): string {
    return this.messages[index % Math.max(1, this.messages.length)] ?? 'none';
  }

  private readonly names = new Map<string, string>();

  /** A result with names that are the same for both stores. */
  plain(value: unknown): unknown {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return this.nameOf(value);
    if (value instanceof Uint8Array) return [...value];
    if (value instanceof Set) return [...value].map((one) => this.plain(one)).sort();
    // Sorted by the names that are the same for both.
    if (value instanceof Map)
      return [...value]
        .map(([key, item]: readonly [unknown, unknown]) => [this.plain(key), this.plain(item)])
        .sort(([x], [y]) => (String(x) < String(y) ? -1 : 1));
    if (Array.isArray(value)) return value.map((one) => this.plain(one));
    if (typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        // No members or muted members, and members that no longer are: the same.
        .filter(
          ([key, item]: [string, unknown]) =>
            item !== undefined &&
            !((key === 'mutedMembers' || key === 'members') && Array.isArray(item) && item.length === 0),
        )
        .sort(([x], [y]) => (x < y ? -1 : 1))
        .map(([key, item]) => [key, this.plain(key === 'mutedMembers' && Array.isArray(item) ? new Set(item) : item)]),
    );
  }

  private nameOf(text: string): string {
    const conversation = this.conversations.indexOf(text);
    if (conversation >= 0) return `conversation ${conversation}`;
    const message = this.messages.indexOf(text);
    if (message >= 0) return `message ${message}`;
    const known = this.names.get(text);
    if (known !== undefined) return known;
    if (text.startsWith(this.prefix)) return text.slice(this.prefix.length);
    return text;
  }
}

const edits = fc.option(fc.array(anyEdit, { maxLength: 4 }), { nil: undefined });
const atMost = fc.constantFrom(undefined, undefined, 60);

type Command = (side: Side) => Promise<unknown>;

const draft = (side: Side, given: { kind: 'ordinary' | 'room' | 'system'; members: string[]; unique: boolean }) => ({
  kind: given.kind,
  creator: side.own('a'),
  // A unique conversation of nobody would be the same in all runs.
  members:
    given.kind === 'ordinary' ? [...new Set(side.all(given.unique ? ['a', ...given.members] : given.members))] : [],
  attributes: { 'a.b': 1, at: new Date(0), text: '\0' },
  unique: given.unique && given.kind === 'ordinary',
  now: NOW,
});

const create = fc
  .record({
    kind: fc.constantFrom('ordinary' as const, 'ordinary' as const, 'room' as const, 'system' as const),
    members: some,
    unique: fc.boolean(),
    bounded: fc.boolean(),
  })
  .map(({ bounded, ...given }): Command => async (side) => {
    const atMost = bounded ? { atMost: { created: 2, memberships: 2 } } : {};
    const { info, isNew } = await side.store.createConversation({ ...draft(side, given), ...atMost });
    if (isNew) side.conversations.push(info.id);
    if (info.kind === 'room') side.rooms.add(info.id);
    return { info, isNew };
  });

const append = fc
  .record({
    place,
    messages: fc.array(
      fc.record({
        from: client,
        speaks: fc.boolean(),
        token: fc.constantFrom(undefined, 'one', 'two'),
        to: fc.option(some, { nil: undefined, freq: 4 }),
        body,
        type,
        mentioning,
        receipt: fc.boolean(),
        now: moment,
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ place: index, messages }): Command => async (side) => {
    const results = await side.store.append(
      messages.map(({ from, speaks, token, to, body: content, type: number, mentioning: whom, receipt, now }) => ({
        conversationId: side.at(index),
        from: side.own(from),
        receipt,
        now,
        mentions: side.all(whom.mentions),
        mentionsAll: whom.mentionsAll,
        ...content,
        ...(speaks ? { speaker: side.own(from) } : {}),
        ...(token === undefined ? {} : { token }),
        ...(number === undefined ? {} : { type: number }),
        ...(to === undefined ? {} : { to: side.all(to) }),
      })),
    );
    for (const result of results) if (result._tag === 'Appended') side.messages.push(result.message.id);
    // Only a store for several processes has to know which message is before one.
    return results.map((result) => ({ ...result, prev: undefined }));
  });

const modify = fc
  .record({
    place,
    message: fc.nat(9),
    by: fc.option(client, { nil: undefined }),
    recall: fc.boolean(),
    body,
    mentioning,
    now: moment,
  })
  .map(
    ({ place: index, message, by, recall, body: content, mentioning: whom, now }): Command =>
      (side) =>
        side.store.modify({
          conversationId: side.at(index),
          messageId: side.messageAt(message),
          recall,
          mentions: side.all(whom.mentions),
          mentionsAll: whom.mentionsAll,
          now,
          ...content,
          ...(by === undefined ? {} : { by: side.own(by) }),
        }),
  );

const changes: readonly fc.Arbitrary<Command>[] = [
  create,
  append,
  append,
  append,
  modify,
  fc.record({ place, message: fc.nat(9) }).map(
    ({ place: index, message }): Command =>
      (side) =>
        side.store.deleteMessage(side.at(index), side.messageAt(message)),
  ),
  fc.record({ place, client, until: fc.option(moment, { nil: undefined }), limit: fc.nat(2) }).map(
    ({ place: index, client: who, until, limit }): Command =>
      (side) =>
        side.store.silenceUntil(side.at(index), side.own(who), until, limit, NOW),
  ),
  fc.record({ place, some, limit: fc.nat(4), most: fc.constantFrom(undefined, 2) }).map(
    ({ place: index, some: who, limit, most }): Command =>
      (side) =>
        side.rooms.has(side.at(index))
          ? Promise.resolve()
          : side.store.addMembers(side.at(index), side.all(who), limit, most),
  ),
  fc.record({ place, some }).map(
    ({ place: index, some: who }): Command =>
      async (side) =>
        new Set(await side.store.removeMembers(side.at(index), side.all(who))),
  ),
  fc.record({ place, name: fc.constantFrom(undefined, 'x', 'y\0'), given: edits, atMost, at: moment }).map(
    ({ place: index, name, given, atMost: bound, at }): Command =>
      (side) =>
        side.store.updateConversation(
          side.at(index),
          {
            ...(name === undefined ? {} : { name }),
            ...(given === undefined ? {} : { edits: given }),
            ...(bound === undefined ? {} : { atMost: bound }),
          },
          at,
        ),
  ),
  fc.record({ place, client, muted: fc.boolean() }).map(
    ({ place: index, client: who, muted }): Command =>
      (side) =>
        side.store.setMuted(side.at(index), side.own(who), muted),
  ),
  fc.record({ place, client, role: fc.constantFrom('Manager' as const, 'Member' as const) }).map(
    ({ place: index, client: who, role }): Command =>
      (side) =>
        side.store.setRole(side.at(index), side.own(who), role),
  ),
  fc
    .record({
      place,
      list: fc.constantFrom('silenced' as const, 'blocked' as const),
      some,
      listed: fc.boolean(),
      limit: fc.nat(3),
    })
    .map(({ place: index, list, some: who, listed, limit }): Command => async (side) => {
      const result = await side.store.setListed(side.at(index), list, side.all(who), listed, limit);
      return { ...result, removed: new Set(result.removed) };
    }),
  fc.record({ place, client, isSilent: fc.boolean(), limit: fc.nat(2), now: moment }).map(
    ({ place: index, client: who, isSilent, limit, now }): Command =>
      (side) =>
        side.store.silenceUntil(side.at(index), side.own(who), isSilent ? now + FOR_GOOD : undefined, limit, now),
  ),
  fc.record({ place, client, message: fc.option(fc.nat(9)), from: moment, to: moment, now: moment }).map(
    ({ place: index, client: who, message, from, to, now }): Command =>
      (side) =>
        side.store.acknowledge(
          side.at(index),
          side.own(who),
          message === null ? { from, to } : { id: side.messageAt(message) },
          now,
        ),
  ),
  fc.record({ place, client, message: fc.option(fc.nat(9)), timestamp: fc.option(moment), now: moment }).map(
    ({ place: index, client: who, message, timestamp, now }): Command =>
      (side) =>
        side.store.markRead(
          side.at(index),
          side.own(who),
          message !== null ? { id: side.messageAt(message) } : timestamp !== null ? { timestamp } : 'end',
          now,
        ),
  ),
  fc.record({ place }).map(
    ({ place: index }): Command =>
      (side) =>
        // Seldom, or nothing would be left.
        index === 0 ? Promise.resolve(false) : side.store.deleteConversation(side.at(index)),
  ),
  fc
    .record({
      client,
      token: fc.nat(3),
      holder: fc.nat(2),
      tag: fc.constantFrom(undefined, 'Web'),
      resumes: fc.boolean(),
      now: moment,
      ttl: fc.nat(20),
    })
    .map(({ client: who, token, holder, tag, resumes, now, ttl }): Command => (side) => {
      const session = {
        // A token is of one client.
        token: side.own(`${who} token ${token}`),
        holder: `holder ${holder}`,
        clientId: side.own(who),
        deviceId: '',
        expiresAt: now + ttl,
        ...(tag === undefined ? {} : { tag }),
      };
      return side.store.openSession({ session, resumes }, now);
    }),
  fc
    .record({ client, token: fc.nat(3), holder: fc.nat(2), what: fc.nat(3), at: moment })
    .map(({ client: who, token, holder, what, at }): Command => (side) => {
      const { store } = side;
      const [ownToken, ownHolder] = [side.own(`${who} token ${token}`), `holder ${holder}`];
      const session = {
        token: ownToken,
        holder: ownHolder,
        clientId: side.own(who),
        deviceId: '',
        expiresAt: at + 10,
      };
      if (what === 0) return store.renewSession(session, at);
      if (what === 1) return store.rememberRoom(ownToken, ownHolder, { id: 'room', leftAt: at });
      return what === 2 ? store.forgetSession(ownToken, ownHolder) : store.forgetSessions(side.own(who));
    }),
  fc.record({ some, at: fc.nat(1_000) }).map(
    ({ some: who, at }): Command =>
      (side) =>
        side.store.keepNotice([...new Set(side.all(who))], { at, command: { cmd: 'goaway' } }),
  ),
];

const historyOf = (side: Side, index: number): readonly Promise<unknown>[] =>
  (['old', 'new'] as const).flatMap((direction) =>
    [undefined, 'a', 'b'].flatMap((viewer) => {
      const query = {
        conversationId: side.at(index),
        direction,
        limit: 3,
        ...(viewer === undefined ? {} : { viewer: side.own(viewer) }),
      };
      const bound = { timestamp: NOW + 5, included: viewer === 'a' };
      return [
        side.store.history(query),
        side.store.history({ ...query, type: -1 }),
        side.store.history({ ...query, from: bound }),
        // Ids are random: the bound is before or behind all of them.
        side.store.history({ ...query, to: { ...bound, id: viewer === 'a' ? '' : '~' } }),
      ];
    }),
  );

/** Conversations whose last messages have one time are in any order. */
const byConversation = async <T extends { readonly conversationId: string }>(
  found: Promise<readonly T[]>,
): Promise<ReadonlyMap<string, T>> => new Map((await found).map((one) => [one.conversationId, one]));

/** Everything that can be asked. */
const everything = async (side: Side): Promise<unknown> => {
  const { store } = side;
  const ids = [0, 1, 2].map((index) => side.at(index));
  const everybody = side.all(clients);
  return Promise.all([
    store.conversations(ids),
    ...[0, 1, 2].flatMap((index) => historyOf(side, index)),
    ...ids.flatMap((id) => [
      store.roles(id),
      store.hasRoles(id),
      store.unreadOf(id, everybody),
      store.whoIsListed(id, 'blocked', everybody),
      store.whoIsListed(id, 'silenced', everybody),
      store.whoIsSilenced(id, everybody),
      store.receipts(id).then((receipts) => new Map(receipts.map((one) => [one.clientId, one]))),
      ...everybody.map((one) => store.speaking(id, one)),
      ...[0, 1, 2, 3].map((index) => store.message(id, { id: side.messageAt(index) })),
      store.message(id, { from: side.own('a'), token: 'one' }),
    ]),
    ...everybody.flatMap((one) => [
      byConversation(store.unread(one, undefined, 10)),
      byConversation(store.unread(one, NOW + 10, 10)),
      byConversation(store.offline(one, 10, 2)),
      store
        .modifiedSince(one, NOW + 3, 10)
        .then((messages) => new Set(messages.map(({ id, editedAt }) => `${id} ${String(editedAt)}`)).size),
      store.notices(one, 300, 5),
    ]),
    ...clients.flatMap((who) => [0, 1, 2, 3].map((token) => store.session(side.own(`${who} token ${token}`)))),
  ]);
};

/** What a command has given, or how it was refused. */
const outcome = async (side: Side, command: Command): Promise<unknown> => {
  try {
    return side.plain(await command(side));
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.code };
    throw error;
  }
};

const limits = { unreadLimit: 3, notices: 3, noticeBytes: 150, tokens: 2, clock: { now: () => NOW } };

/** The stores with bounds, apart from the one in memory. */
const others = stores.filter(([one]) => one === 'in SQLite' || one === 'in PostgreSQL');

describe.each(others)('the store %s', (name, open) => {
  let store: Store;
  let end: () => Promise<void>;
  beforeAll(async () => {
    ({ store, end } = await open(limits));
  });
  afterAll(() => end());

  it('gives what the store in memory gives, whatever the commands are', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        create,
        fc.array(fc.oneof(...changes), { minLength: 5, maxLength: 30 }),
        async (first, commands) => {
          runs += 1;
          const sides = [memoryStore(limits), store].map((one) => new Side(one, `${runs}:`));
          for (const command of [first, ...commands]) {
            const [expected, actual] = await Promise.all(sides.map((side) => outcome(side, command)));
            expect(actual).toEqual(expected);
          }
          const [expected, actual] = await Promise.all(sides.map(async (side) => side.plain(await everything(side))));
          expect(actual).toEqual(expected);
        },
      ),
      // A run takes PostgreSQL longer.
      { numRuns: Number(process.env['RUNS'] ?? (name === 'in PostgreSQL' ? 6 : 15)) },
    );
  });
});

/** Checks of the contract of a store that conversations can move into, for those who write one. */
import assert from 'node:assert/strict';
import { append, draft, fresh, message, stored } from './check-data.js';
import type { MovedConversation, MovedStanding, MovingStore, Store, StoredMessage } from './store.js';

const moved = (members: readonly string[], more: Partial<MovedConversation> = {}): MovedConversation => ({
  id: fresh('moved'),
  kind: 'ordinary',
  members,
  createdAt: Date.now() - 5_000,
  updatedAt: Date.now() - 4_000,
  attributes: {},
  ...more,
});

const movedMessage = (conversationId: string, from: string, more: Partial<StoredMessage> = {}): StoredMessage => ({
  id: fresh('message'),
  conversationId,
  from,
  timestamp: Date.now() - 3_000,
  msg: 'text',
  receipt: false,
  mentions: [],
  mentionsAll: false,
  ...more,
});

const historyOf = (store: Store, conversationId: string, viewer?: string): Promise<readonly StoredMessage[]> =>
  store.history({
    conversationId,
    direction: 'new',
    limit: 100,
    ...(viewer === undefined ? {} : { viewer }),
  });

const tagsOf = (results: readonly { readonly _tag: string }[]): readonly string[] => results.map(({ _tag }) => _tag);

const movingChecks: Readonly<Record<string, (store: MovingStore) => Promise<void>>> = {
  'a moved conversation keeps its id, its times, its members in their order, and its attributes': async (store) => {
    const [a, b, c] = [fresh('a'), fresh('b'), fresh('c')];
    const activity = Date.now() - 1_000;
    const one = moved([c, a, b], {
      creator: a,
      mutedMembers: [b, fresh('none')],
      name: 'a name',
      attributes: { deep: { date: new Date(0) } },
      lastMessageAt: activity,
    });
    assert.deepEqual(tagsOf(await store.importConversations([one])), ['Stored']);
    const [found] = await store.conversations([one.id]);
    assert.deepEqual(found, { ...one, mutedMembers: [b] });
    assert.equal((await store.roles(one.id)).get(a), 'Owner');
  },

  'what is there stays as it is, so an import can be repeated': async (store) => {
    const [tom, jerry] = [fresh('Tom'), fresh('Jerry')];
    const one = moved([tom]);
    const first = movedMessage(one.id, tom);
    await store.importConversations([one]);
    assert.deepEqual(tagsOf(await store.importMessages([first, { ...first, msg: 'twice in one call' }])), [
      'Stored',
      'Present',
    ]);
    await store.addMembers(one.id, [jerry], 10);
    const before = [await store.conversations([one.id]), await historyOf(store, one.id)];
    assert.deepEqual(tagsOf(await store.importConversations([{ ...one, name: 'new' }])), ['Present']);
    assert.deepEqual(tagsOf(await store.importMessages([{ ...first, msg: 'new' }])), ['Present']);
    assert.deepEqual([await store.conversations([one.id]), await historyOf(store, one.id)], before);
  },

  'moved messages keep their ids and times, in whichever order they come': async (store) => {
    const tom = fresh('Tom');
    const one = moved([tom]);
    await store.importConversations([one]);
    const at = Date.now() - 2_000;
    const all = [10, 20, 30, 40].map((after) => movedMessage(one.id, tom, { timestamp: at + after }));
    const [first, second, third, fourth] = all;
    assert.ok(first !== undefined && second !== undefined && third !== undefined && fourth !== undefined);
    await store.importMessages([second, fourth]);
    await store.importMessages([third, first]);
    assert.deepEqual(await historyOf(store, one.id), all);
    const { timestamp } = stored(await append(store, message(one.id, tom, { now: at })));
    assert.ok(timestamp > fourth.timestamp, 'a new message is later than those that have moved in');
    assert.deepEqual((await store.conversations([one.id]))[0]?.lastMessageAt, timestamp);
  },

  'messages with the same time keep their order, and each gets a time of its own': async (store) => {
    const tom = fresh('Tom');
    const [up, down] = [moved([tom]), moved([tom])];
    await store.importConversations([up, down]);
    const at = Date.now() - 2_000;
    const of = (id: string): readonly StoredMessage[] =>
      [0, 0, 0, 1, 1, 9].map((after) => movedMessage(id, tom, { timestamp: at + after }));
    const [rising, falling] = [of(up.id), of(down.id)];
    await store.importMessages(rising.slice(0, 3));
    await store.importMessages(rising.slice(3));
    await store.importMessages(falling.toReversed().slice(0, 3), 'old');
    await store.importMessages(falling.toReversed().slice(3), 'old');
    for (const [id, given] of [
      [up.id, rising],
      [down.id, falling],
    ] as const) {
      const found = await historyOf(store, id);
      assert.deepEqual(
        found.map((each) => each.id),
        given.map((each) => each.id),
      );
      assert.equal(new Set(found.map(({ timestamp }) => timestamp)).size, given.length);
      assert.equal(found.at(-1)?.timestamp, at + 9);
    }
  },

  'nothing is refused without a word: no conversation, an old message, a conversation that has ended': async (
    store,
  ) => {
    const tom = fresh('Tom');
    const ended = moved([tom], { kind: 'temporary', ttl: 1 });
    assert.deepEqual(tagsOf(await store.importConversations([ended])), ['Ended']);
    assert.deepEqual(tagsOf(await store.importMessages([movedMessage(ended.id, tom)])), ['NoConversation']);
  },

  'a moved unique conversation is found by its members, unless another one is, or they have changed': async (store) => {
    const [a, b] = [fresh('a'), fresh('b')];
    const changed = moved([a, b], { unique: true, isFoundByMembers: false });
    const [one, two] = [moved([a, b], { unique: true }), moved([b, a], { unique: true })];
    assert.deepEqual(await store.importConversations([changed, one, two]), [
      { _tag: 'Stored' },
      { _tag: 'Stored' },
      { _tag: 'Stored', twin: one.id },
    ]);
    const { info, isNew } = await store.createConversation(draft([b, a], { unique: true }));
    assert.deepEqual([info.id, isNew], [one.id, false]);
    assert.equal((await store.conversations([two.id]))[0]?.unique, true);
  },

  'moved messages of a system conversation reach whom they are for': async (store) => {
    const [a, b] = [fresh('a'), fresh('b')];
    const system = moved([a, b], { kind: 'system' });
    await store.importConversations([system]);
    const at = Date.now() - 2_000;
    const toAll = movedMessage(system.id, 'service', { timestamp: at });
    const toOne = movedMessage(system.id, 'service', { timestamp: at + 1, to: [a] });
    await store.importMessages([toAll, toOne]);
    assert.deepEqual(await historyOf(store, system.id, a), [toAll, toOne]);
    assert.deepEqual(await historyOf(store, system.id, b), [toAll]);
    assert.equal((await store.conversations([system.id]))[0]?.lastMessage?.id, toAll.id);
  },

  'moved messages that were changed, recalled, delivered and read are so': async (store) => {
    const [tom, jerry] = [fresh('Tom'), fresh('Jerry')];
    const one = moved([tom, jerry]);
    await store.importConversations([one]);
    const at = Date.now() - 2_000;
    const all = [
      movedMessage(one.id, tom, { timestamp: at, editedAt: at + 9, deliveredAt: at + 1, readAt: at + 2, type: -1 }),
      movedMessage(one.id, tom, { timestamp: at + 1, editedAt: at + 5, type: -127, msg: '{"_lctype":-127}' }),
      movedMessage(one.id, tom, { timestamp: at + 2, mentions: [jerry], mentionsAll: true, receipt: true }),
      { ...movedMessage(one.id, tom, { timestamp: at + 3 }), msg: undefined, binaryMsg: new Uint8Array([0, 255]) },
    ].map(({ msg, ...rest }): StoredMessage => (msg === undefined ? rest : { ...rest, msg }));
    await store.importMessages(all);
    const found = await historyOf(store, one.id);
    assert.deepEqual(
      found.map((each) =>
        each.binaryMsg === undefined ? each : { ...each, binaryMsg: new Uint8Array(each.binaryMsg) },
      ),
      all,
    );
    assert.deepEqual(
      (await store.modifiedSince(jerry, at, 10)).map(({ id }) => id),
      [all[1]?.id, all[0]?.id],
    );
    assert.equal((await store.unreadOf(one.id, [jerry])).get(jerry)?.count, 3);
  },

  'lists and marks move as well, and what is there of a client stays as it is': async (store) => {
    const [a, b, c, d] = [fresh('a'), fresh('b'), fresh('c'), fresh('d')];
    const one = moved([a, b], { kind: 'system' });
    await store.importConversations([one]);
    const at = Date.now() - 2_000;
    const all = [0, 1, 2].map((after) => movedMessage(one.id, a, { timestamp: at + after }));
    await store.importMessages(all);
    const conversationId = one.id;
    const [read, received] = [
      { upTo: at + 1, at: at + 5 },
      { upTo: at + 2, at: at + 6 },
    ];
    const until = Date.now() + 60_000;
    const standings: readonly MovedStanding[] = [
      { conversationId, clientId: a, joinedAt: at - 9, received },
      { conversationId, clientId: b, joinedAt: at - 8, read, received },
      { conversationId, clientId: c, silenced: true, blocked: { wasMember: true } },
      { conversationId, clientId: d, silencedUntil: until },
    ];
    const none = fresh('none');
    assert.deepEqual(tagsOf(await store.importStandings([...standings, { conversationId: none, clientId: a }])), [
      ...standings.map(() => 'Stored'),
      'NoConversation',
    ]);
    const pages = [await store.standingPage(one.id, 3), await store.standingPage(one.id, 9, [a, b, c].sort()[2])];
    assert.deepEqual(
      pages.flatMap((page) => page.standings),
      standings.toSorted((x, y) => (x.clientId < y.clientId ? -1 : 1)),
    );
    assert.deepEqual([pages[0]?.next, pages[1]?.next], [[a, b, c].sort()[2], undefined]);
    assert.equal((await store.unreadOf(one.id, [b])).get(b)?.count, 1);
    assert.deepEqual(
      [await store.speaking(one.id, c), await store.speaking(one.id, d)].map(({ _tag }) => _tag),
      ['Silenced', 'Silenced'],
    );
    assert.deepEqual((await store.standings(b, [one.id])).get(one.id)?.joinedAt, at - 8);
    const later = { conversationId, clientId: b, read: { upTo: at + 2, at: at + 9 }, blocked: { wasMember: true } };
    assert.deepEqual(tagsOf(await store.importStandings([later, ...standings])), Array(5).fill('Present'));
    assert.equal((await store.whoIsListed(one.id, 'blocked', [b])).size, 0);
    assert.deepEqual((await store.setListed(one.id, 'blocked', [c], false, 9)).wereMembers, [c]);
    assert.deepEqual(await store.standingPage(none, 9), { standings: [] });
  },

  'all conversations are read in pages, in the order of their ids': async (store) => {
    const ids = ['a', 'b', 'c'].map((name) => `page-${fresh(name)}`);
    await store.importConversations(ids.map((id) => moved([], { id })));
    const found: string[] = [];
    for (let after: string | undefined = 'page-'; after !== undefined;) {
      const page = await store.conversationPage(2, after);
      found.push(...page.conversations.map(({ id }) => id));
      assert.ok(page.conversations.length <= 2);
      after = page.next;
    }
    assert.deepEqual(
      found.filter((id) => ids.includes(id)),
      ids,
    );
    assert.deepEqual(found, found.toSorted());
  },

  'between two pages, conversations come and go': async (store) => {
    const [a = '', b = '', c = '', d = ''] = ['a', 'b', 'c', 'd'].map((name) => `page-between-${fresh(name)}`);
    await store.importConversations([a, b, d].map((id) => moved([], { id })));
    const isOwn = (id: string): boolean => [a, b, c, d].includes(id);
    const first = await store.conversationPage(1, 'page-between-');
    assert.equal((await store.deleteConversation(b)) && first.conversations.length === 1, true);
    await store.importConversations([moved([], { id: c })]);
    const found: string[] = [];
    for (let after: string | undefined = first.next; after !== undefined;) {
      const page = await store.conversationPage(1, after);
      found.push(...page.conversations.map(({ id }) => id).filter(isOwn));
      after = page.next;
    }
    assert.deepEqual(
      [...first.conversations.map(({ id }) => id).filter(isOwn), ...found].filter((id) => id !== a),
      [c, d],
    );
  },
};

/** One rule that every store keeps which conversations can move into. */
export interface MovingStoreCheck {
  /** The rule. */
  readonly name: string;
  /** As that of `StoreCheck`. */
  readonly run: (store: MovingStore) => Promise<void>;
}

/**
 * The rules of a store that conversations and messages can move into, as checks.
 *
 * @example
 * for (const { name, run } of movingStoreChecks) test(name, () => run(myStore));
 */
export const movingStoreChecks: readonly MovingStoreCheck[] = Object.entries(movingChecks).map(([name, run]) => ({
  name,
  run,
}));

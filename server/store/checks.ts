/** Checks of the contract of a store, for those who write one. */
import assert from 'node:assert/strict';
import { append, create, draft, fresh, membersOf, message, opening, stored } from './check-data.js';
import { moderationChecks } from './moderation-checks.js';
import type { Store } from './store.js';

/** One rule that every store keeps. */
export interface StoreCheck {
  /** The rule. */
  readonly name: string;
  /**
   * Rejects with an `AssertionError` if the store breaks the rule. It makes its own conversations and clients, so all
   * checks may use one store, also at the same time.
   */
  readonly run: (store: Store) => Promise<void>;
}

/** An id that no other check uses. */
const checks: Readonly<Record<string, (store: Store) => Promise<void>>> = {
  ...moderationChecks,

  'a conversation is found by its id; unknown ids are left out': async (store) => {
    const id = await create(store, [fresh('Tom')]);
    assert.deepEqual(
      (await store.conversations([fresh('none'), id])).map((info) => info.id),
      [id],
    );
  },

  'a unique conversation is made once, also by requests at the same time': async (store) => {
    const members = [fresh('Tom'), fresh('Jerry')];
    const wanted = [members, members.toReversed(), members].map((each) => draft(each, { unique: true }));
    const made = await Promise.all(wanted.map((each) => store.createConversation(each)));
    assert.equal(new Set(made.map(({ info }) => info.id)).size, 1);
    assert.equal(made.filter(({ isNew }) => isNew).length, 1);
  },

  'a deleted conversation is gone, with its messages': async (store) => {
    const tom = fresh('Tom');
    const id = await create(store, [tom]);
    assert.equal(await store.deleteConversation(id), true);
    assert.equal(await store.deleteConversation(id), false);
    assert.deepEqual(await store.conversations([id]), []);
    assert.equal((await append(store, message(id, tom, { speaker: tom })))._tag, 'NoConversation');
  },

  'members are added in order, each once, as long as there is room, and not if they are blocked': async (store) => {
    const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(fresh) as [string, string, string, string, string];
    const id = await create(store, [a]);
    await store.setListed(id, 'blocked', [d], true, 10);
    assert.deepEqual(await store.addMembers(id, [a, c, c, d, b, e], 3), {
      added: [c, b],
      present: [a],
      full: [e],
      blocked: [d],
    });
    assert.deepEqual(await membersOf(store, id), [a, c, b]);
    assert.equal(await store.addMembers(fresh('none'), [a], 3), undefined);
  },

  'edits of attributes at the same time all count, and one that does not fit is refused and changes nothing': async (
    store,
  ) => {
    const id = await create(store, [fresh('a')]);
    const edit = (path: readonly string[]) =>
      store.updateConversation(id, { edits: [{ _tag: 'Increment', path, amount: 1 }] }, Date.now());
    const given = await Promise.all(Array.from({ length: 8 }, () => edit(['votes', 'yes'])));
    const seen = given.map((info) => (info?.attributes['votes'] as { readonly yes: number }).yes);
    assert.deepEqual(
      seen.toSorted((x, y) => x - y),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    await assert.rejects(edit(['votes']), { code: 4306 });
    const [info] = await store.conversations([id]);
    assert.deepEqual(info?.attributes['votes'], { yes: 8 });
    assert.equal(await store.updateConversation(fresh('none'), { edits: [] }, Date.now()), undefined);
  },

  'it is known that a role was given, also when it was taken back': async (store) => {
    const [a, b] = [fresh('a'), fresh('b')];
    const id = await create(store, [a, b]);
    assert.equal(await store.hasRoles(id), false);
    await store.setRole(id, b, 'Manager');
    await store.setRole(id, b, 'Member');
    assert.equal(await store.hasRoles(id), true);
    assert.equal((await store.roles(id)).has(b), false);
  },

  'removing gives those who were members; a manager that comes back is none': async (store) => {
    const [a, b] = [fresh('a'), fresh('b')];
    const id = await create(store, [a, b]);
    await store.setRole(id, b, 'Manager');
    assert.deepEqual(await store.removeMembers(id, [b, fresh('none')]), [b]);
    assert.deepEqual(await store.removeMembers(id, [b]), []);
    await store.addMembers(id, [b], 10);
    assert.equal((await store.roles(id)).get(b), undefined);
  },

  'blocking removes members in the same step, also those that are on the list already': async (store) => {
    const [a, b, c] = [fresh('a'), fresh('b'), fresh('c')];
    const id = await create(store, [a, b]);
    assert.deepEqual(await store.setListed(id, 'blocked', [b], true, 1), { changed: [b], full: [], removed: [b] });
    assert.deepEqual(await store.setListed(id, 'blocked', [b, c], true, 1), { changed: [], full: [c], removed: [] });
    assert.deepEqual(await membersOf(store, id), [a]);
    assert.deepEqual([...(await store.whoIsListed(id, 'blocked', [a, b, c]))], [b]);
    assert.deepEqual((await store.setListed(id, 'blocked', [b], false, 1)).changed, [b]);
  },

  'a list is read in pages, in the order of ids': async (store) => {
    const id = await create(store, []);
    await store.setListed(id, 'silenced', ['c', 'a', 'b'], true, 10);
    assert.deepEqual(await store.listed(id, 'silenced', 2), { clientIds: ['a', 'b'], next: 'b' });
    assert.deepEqual(await store.listed(id, 'silenced', 2, 'b'), { clientIds: ['c'] });
  },

  'who may speak: members who are not silenced; in a room or system conversation, who is not blocked': async (
    store,
  ) => {
    const [a, b, c] = [fresh('a'), fresh('b'), fresh('c')];
    const id = await create(store, [a, b]);
    const open = [await create(store, [], { kind: 'room' }), await create(store, [], { kind: 'system' })];
    for (const one of [id, ...open]) await store.setListed(one, 'silenced', [b], true, 10);
    const tag = async (where: string, speaker: string | undefined): Promise<readonly string[]> => [
      (await store.speaking(where, speaker))._tag,
      (await append(store, message(where, speaker ?? '', speaker === undefined ? {} : { speaker })))._tag,
    ];
    assert.deepEqual(await tag(id, a), ['MaySpeak', 'Appended']);
    assert.deepEqual(await tag(id, b), ['Silenced', 'Silenced']);
    assert.deepEqual(await tag(id, c), ['NotMember', 'NotMember']);
    assert.deepEqual(await tag(id, undefined), ['MaySpeak', 'Appended']);
    for (const one of open) {
      assert.deepEqual(await tag(one, c), ['MaySpeak', 'Appended']);
      assert.deepEqual(await tag(one, b), ['Silenced', 'Silenced']);
      await store.setListed(one, 'silenced', [b], false, 10);
      await store.setListed(one, 'blocked', [b], true, 10);
      assert.deepEqual(await tag(one, b), ['Blocked', 'Blocked']);
      assert.deepEqual(await tag(one, undefined), ['MaySpeak', 'Appended']);
    }
    assert.deepEqual(await tag(fresh('none'), a), ['NoConversation', 'NoConversation']);
  },

  'says since when a client is a member of its conversations, if the store can say it': async (store) => {
    const [a, b] = [fresh('a'), fresh('b')];
    const ids = [await create(store, [], { kind: 'system' }), await create(store, [], { kind: 'system' })];
    const [one = '', two = ''] = ids;
    const before = Date.now();
    await store.addMembers(one, [a], Infinity);
    await store.addMembers(two, [b], Infinity);
    await store.setMuted(one, a, true);
    const standings = await store.standings?.(a, [...ids, fresh('none')]);
    if (standings === undefined) return;
    assert.deepEqual([...standings.keys()], [one]);
    const { joinedAt = before, muted } = standings.get(one) ?? {};
    assert.ok(muted === true && Math.abs(joinedAt - before) < 60_000);
    await store.removeMembers(one, [a]);
    assert.equal((await store.standings?.(a, ids))?.size, 0);
  },

  'append says who gets the message': async (store) => {
    const [a, b] = [fresh('a'), fresh('b')];
    const id = await create(store, [a, b]);
    const appended = await append(store, message(id, a, { speaker: a }));
    assert.ok(appended._tag === 'Appended');
    assert.deepEqual([appended.kind, appended.receivers], ['ordinary', [a, b]]);
    const system = await create(store, [], { kind: 'system' });
    await store.addMembers(system, [a, b], Infinity);
    const toBackEnd = await append(store, message(system, a, { speaker: a }));
    assert.ok(toBackEnd._tag === 'Appended');
    assert.deepEqual([toBackEnd.message.to, toBackEnd.receivers], [[], [a]]);
  },

  'the times of a conversation increase, whatever `now` is, also for messages at the same time': async (store) => {
    const tom = fresh('Tom');
    const id = await create(store, [tom]);
    const start = Date.now();
    await Promise.all([5, 5, 0, 9, 9, 2].map((now) => append(store, message(id, tom, { now: start + now }))));
    const times = (await store.history({ conversationId: id, direction: 'new', limit: 10 })).map((m) => m.timestamp);
    assert.equal(times.length, 6);
    assert.ok(times.every((time, index) => time >= start && (index === 0 || time > (times[index - 1] ?? 0))));
  },

  'several messages of one call are stored in their order, and each has a result of its own': async (store) => {
    const [tom, jerry] = [fresh('Tom'), fresh('Jerry')];
    const [id, other] = [await create(store, [tom]), await create(store, [jerry])];
    const results = await store.append([
      message(id, tom, { msg: 'one', token: 'one', speaker: tom }),
      message(id, jerry, { msg: 'a stranger', speaker: jerry }),
      message(other, jerry, { msg: 'elsewhere', speaker: jerry }),
      message(id, tom, { msg: 'one, repeated', token: 'one', speaker: tom }),
      message(id, tom, { msg: 'two', speaker: tom }),
    ]);
    assert.deepEqual(
      results.map(({ _tag }) => _tag),
      ['Appended', 'NotMember', 'Appended', 'Repeated', 'Appended'],
    );
    const found = await store.history({ conversationId: id, direction: 'new', limit: 10 });
    assert.deepEqual(
      found.map(({ msg }) => msg),
      ['one', 'two'],
    );
    assert.deepEqual(await store.append([]), []);
  },

  'what is known of a conversation after several messages of one call is as after one by one': async (store) => {
    const tom = fresh('Tom');
    const given = [
      { msg: 'seen', type: -1 },
      { msg: 'newest', token: 'one' },
      { msg: 'a signal', type: -102 },
      { msg: 'repeated', token: 'one' },
    ];
    const [together, one] = [await create(store, [tom]), await create(store, [tom])];
    await store.append(given.map((more) => message(together, tom, { ...more, speaker: tom })));
    for (const more of given) await append(store, message(one, tom, { ...more, speaker: tom }));
    for (const id of [together, one]) {
      const [info] = await store.conversations([id]);
      assert.equal(info?.lastMessage?.msg, 'newest');
      const history = await store.history({ conversationId: id, direction: 'new', limit: 9 });
      assert.deepEqual(
        history.map(({ msg }) => msg),
        ['seen', 'newest', 'a signal'],
      );
      const { timestamp } = stored(await append(store, message(id, tom, { now: 0 })));
      assert.ok(timestamp > (history.at(-1)?.timestamp ?? Infinity));
    }
  },

  'a message with the same token of the same sender is stored once, also at the same time': async (store) => {
    const [tom, jerry] = [fresh('Tom'), fresh('Jerry')];
    const id = await create(store, [tom, jerry]);
    const results = await Promise.all([1, 2, 3].map(() => append(store, message(id, tom, { token: 'one' }))));
    assert.equal(new Set(results.map((result) => stored(result).id)).size, 1);
    assert.deepEqual(results.map(({ _tag }) => _tag).sort(), ['Appended', 'Repeated', 'Repeated']);
    assert.equal((await append(store, message(id, jerry, { token: 'one' })))._tag, 'Appended');
    const found = await store.message(id, { from: tom, token: 'one' });
    assert.equal(found?.id, results.map(stored)[0]?.id);
    assert.deepEqual(await store.message(id, { id: found?.id ?? '' }), found);
    assert.equal(await store.message(id, { from: tom, token: 'two' }), undefined);
  },

  'the content of a message is what was given, also an empty text and bytes without any': async (store) => {
    const tom = fresh('Tom');
    const id = await create(store, [tom]);
    const { msg: _none, ...bare } = message(id, tom);
    for (const content of [{ msg: '' }, { binaryMsg: Uint8Array.of(0, 255) }, { binaryMsg: new Uint8Array() }]) {
      const { id: messageId } = stored(await append(store, { ...bare, ...content }));
      const found = await store.message(id, { id: messageId });
      assert.deepEqual(
        { msg: found?.msg, bytes: found?.binaryMsg && [...found.binaryMsg] },
        { msg: content.msg, bytes: content.binaryMsg && [...content.binaryMsg] },
      );
    }
  },

  'a message is changed by its sender or the back end, each time later; a recalled one stays recalled': async (
    store,
  ) => {
    const [tom, jerry] = [fresh('Tom'), fresh('Jerry')];
    const id = await create(store, [tom, jerry]);
    const { id: messageId } = stored(await append(store, message(id, tom)));
    const edit = { conversationId: id, messageId, recall: false, mentions: [], mentionsAll: false, msg: 'new', now: 1 };
    assert.equal((await store.modify({ ...edit, by: jerry }))._tag, 'Foreign');
    assert.equal((await store.modify({ ...edit, by: fresh('none') }))._tag, 'NotMember');
    assert.equal((await store.modify({ ...edit, messageId: fresh('none') }))._tag, 'Missing');
    const [one, two] = [await store.modify({ ...edit, by: tom }), await store.modify(edit)];
    assert.ok(one._tag === 'Modified' && two._tag === 'Modified');
    assert.ok((two.message.editedAt ?? 0) > (one.message.editedAt ?? 0));
    assert.deepEqual([two.message.msg, two.receivers, two.unreadBy], ['new', [tom, jerry], [jerry]]);
    assert.equal((await store.modify({ ...edit, recall: true }))._tag, 'Modified');
    assert.equal((await store.modify(edit))._tag, 'Missing');
  },

  'unread messages are counted until they are read': async (store) => {
    const [tom, jerry] = [fresh('Tom'), fresh('Jerry')];
    const id = await create(store, [tom, jerry]);
    const first = stored(await append(store, message(id, tom)));
    await append(store, message(id, tom));
    const counts = async (): Promise<readonly unknown[]> =>
      [...(await store.unreadOf(id, [tom, jerry])).values()].map(({ count }) => count);
    assert.deepEqual(await counts(), [0, 2]);
    const marked = await store.markRead(id, jerry, { id: first.id }, Date.now());
    assert.deepEqual([marked.moved, marked.summary.count], [true, 1]);
    assert.equal((await store.markRead(id, jerry, { id: first.id }, Date.now())).moved, false);
    assert.deepEqual(await counts(), [0, 1]);
  },

  'notices are given in the order of their times': async (store) => {
    const tom = fresh('Tom');
    await store.openSession(opening(tom, fresh('token')), Date.now());
    const notice = (at: number) => ({ at, command: { cmd: 'goaway' as const } });
    await Promise.all([3, 1, 2].map((at) => store.keepNotice([tom], notice(at))));
    assert.deepEqual(
      (await store.notices(tom, 0, 2)).map(({ at }) => at),
      [1, 2],
    );
    assert.deepEqual(
      (await store.notices(tom, 2, 9)).map(({ at }) => at),
      [3],
    );
  },

  'of sessions with one token, or one tag, the last one holds the place': async (store) => {
    const [tom, one, two] = [fresh('Tom'), fresh('one'), fresh('two')];
    const first = opening(tom, one, { tag: 'Web' });
    assert.deepEqual(await store.openSession(first, Date.now()), { _tag: 'Opened', displaced: [] });
    const resumed = await store.openSession(opening(tom, one, { tag: 'Web', resumes: true }), Date.now());
    assert.ok(resumed._tag === 'Opened');
    assert.equal(resumed.resumed, first.session.holder);
    const later = await store.openSession(opening(tom, two, { tag: 'Web' }), Date.now());
    assert.ok(later._tag === 'Opened');
    assert.equal(later.displaced.length, 1);
    const back = await store.openSession(opening(tom, one, { tag: 'Web', resumes: true }), Date.now());
    assert.equal(back._tag, 'Displaced');
  },

  'a deleted token is gone: nothing resumes it, and a renewal does not bring it back': async (store) => {
    const [tom, token] = [fresh('Tom'), fresh('token')];
    const { session } = opening(tom, token);
    await store.openSession({ session, resumes: false }, Date.now());
    assert.equal(await store.renewSession(session, Date.now()), true);
    assert.equal(await store.renewSession({ ...session, holder: 'another' }, Date.now()), false);
    await store.forgetSession(token, 'another');
    assert.notEqual(await store.session(token), undefined);
    await store.forgetSessions(tom);
    assert.equal(await store.renewSession(session, Date.now()), false);
    assert.equal(await store.session(token), undefined);
    assert.equal((await store.openSession(opening(tom, token, { resumes: true }), Date.now()))._tag, 'Gone');
  },
};

/**
 * The rules of a store, as checks. A store of your own keeps them all.
 *
 * @example
 * for (const { name, run } of storeChecks) test(name, () => run(myStore));
 */
export const storeChecks: readonly StoreCheck[] = Object.entries(checks).map(([name, run]) => ({ name, run }));

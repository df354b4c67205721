/** What a store keeps for moderators. */
import assert from 'node:assert/strict';
import { append, create, fresh, message, stored } from './check-data.js';
import type { Store } from './store.js';

export const moderationChecks: Readonly<Record<string, (store: Store) => Promise<void>>> = {
  'a deleted message is gone, and the next one has a later time': async (store) => {
    const [tom, jerry] = [fresh('Tom'), fresh('Jerry')];
    const id = await create(store, [tom, jerry]);
    const now = Date.now() + 60_000;
    const said = [];
    for (const msg of ['a', 'b', 'c']) said.push(stored(await append(store, message(id, tom, { msg, now }))));
    const [first, , last] = said;
    assert.ok(first !== undefined && last !== undefined);
    for (const [{ id: messageId }, isThere] of [
      [last, true],
      [last, false],
      [first, true],
    ] as const)
      assert.equal(await store.deleteMessage(id, messageId), isThere);
    const history = async () =>
      (await store.history({ conversationId: id, direction: 'old', limit: 9 })).map(({ msg }) => msg);
    assert.deepEqual(await history(), ['b']);
    assert.equal((await store.conversations([id]))[0]?.lastMessage?.msg, 'b');
    assert.equal((await store.unreadOf(id, [jerry])).get(jerry)?.count, 1);
    assert.ok(stored(await append(store, message(id, tom, { msg: 'd', now }))).timestamp > last.timestamp);
    assert.deepEqual(await history(), ['b', 'd']);
  },

  'a client is silenced until a time, as long as there is room': async (store) => {
    const [tom, jerry] = [fresh('Tom'), fresh('Jerry')];
    const id = await create(store, [tom, jerry]);
    const now = Date.now();
    const silenced = async () => [...(await store.whoIsSilenced(id, [tom, jerry, 'nobody']))];
    const speaks = async (speaker: string) => (await append(store, message(id, speaker, { speaker })))._tag;
    assert.equal(await store.silenceUntil(id, tom, now + 60_000, 1, now), true);
    assert.equal(await store.silenceUntil(id, jerry, now + 60_000, 1, now), false);
    // Who is silenced already needs no room, even if there is less of it than before.
    assert.equal(await store.silenceUntil(id, tom, now + 60_000, 0, now), true);
    assert.deepEqual([await speaks(tom), await speaks(jerry)], ['Silenced', 'Appended']);
    assert.deepEqual(await silenced(), [tom]);
    assert.equal((await store.speaking(id, tom))._tag, 'Silenced');
    assert.equal(await store.silenceUntil(id, tom, undefined, 1, now), true);
    assert.equal(await store.silenceUntil(id, tom, undefined, 1, now), false);
    assert.equal(await speaks(tom), 'Appended');
    assert.deepEqual(await silenced(), []);
    assert.equal(await store.silenceUntil(id, tom, now - 1, 1, now), true);
    assert.equal(await speaks(tom), 'Appended');
    await store.setListed(id, 'silenced', [jerry], true, 1);
    assert.deepEqual(await silenced(), [jerry]);
    await store.setListed(id, 'silenced', [jerry], false, 1);
    assert.equal(await store.silenceUntil(id, jerry, now + 60_000, 1, now), true);
  },
};

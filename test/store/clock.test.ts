/** A clock that is wrong for a moment. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { stores } from './stores.js';

const DAY = 86_400_000;

describe.each(stores.filter(([name]) => !name.includes('without bounds')))('the store %s', (_, open) => {
  it('keeps a unique conversation and its messages, also if it is asked for while the clock is ahead', async () => {
    let now = 1_700_000_000_000;
    const { store, end } = await open({ clock: { now: () => now, elapsed: () => 0 } });
    onTestFinished(end);
    const ask = () =>
      store.createConversation({ kind: 'ordinary', members: ['Tom'], attributes: {}, unique: true, now });
    const { id } = (await ask()).info;
    const message = { conversationId: id, from: 'Tom', msg: 'Hello', receipt: false, mentions: [], mentionsAll: false };
    await store.append([{ ...message, now }]);
    now += 1_000 * DAY;
    expect((await ask()).isNew).toBe(true);
    now -= 1_000 * DAY;
    expect(await store.conversations([id])).toHaveLength(1);
    expect(await store.history({ conversationId: id, direction: 'new', limit: 10 })).toMatchObject([{ msg: 'Hello' }]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore, movingStoreChecks, storeChecks, type MovingStore, type Store } from 'rx-realtime/server';
import { stores } from './stores.js';

describe.each(stores)('the store %s', (_, open) => {
  let store: MovingStore;
  let end: () => Promise<void>;
  beforeAll(async () => {
    ({ store, end } = await open());
  });
  afterAll(() => end());

  it.each(storeChecks)('$name', async ({ run }) => {
    await run(store);
  });

  it.each(movingStoreChecks)('$name', async ({ run }) => {
    await run(store);
  });

  it('keeps all rules at the same time', async () => {
    await Promise.all([...storeChecks, ...movingStoreChecks].map(({ run }) => run(store)));
  });
});

describe('the checks', () => {
  const broken: readonly (readonly [string, (store: Store) => Partial<Store>])[] = [
    [
      'forgets tokens',
      (store) => ({ append: (messages) => store.append(messages.map(({ token, ...message }) => message)) }),
    ],
    [
      'lets everybody speak',
      (store) => ({ append: (messages) => store.append(messages.map(({ speaker, ...message }) => message)) }),
    ],
    ['brings tokens back', () => ({ renewSession: () => Promise.resolve(true) })],
    [
      'blocks nobody',
      (store) => ({ setListed: async (...args) => ({ ...(await store.setListed(...args)), removed: [] }) }),
    ],
    [
      'makes a unique conversation twice',
      (store) => ({ createConversation: (draft) => store.createConversation({ ...draft, unique: false }) }),
    ],
  ];
  it.each(broken)('fail a store that %s', async (_, change) => {
    const store = memoryStore();
    const results = await Promise.allSettled(storeChecks.map(({ run }) => run({ ...store, ...change(store) })));
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
  });
});

/** Edits of attributes at the same time: all of them count, whichever store carries them out, and for whomever. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresStore, type AttributeEdit, type Store } from 'rx-realtime/server';
import { ownTables, postgresUrl } from './postgres.js';
import { inMemory, inSqlite } from './temporary.js';

/** Stores of one application, as its servers have them, and a way to close them. */
interface Shared {
  readonly stores: readonly Store[];
  readonly end: () => Promise<void>;
}

const one = async (opened: ReturnType<typeof inMemory>): Promise<Shared> => {
  const { store, end } = await opened;
  return { stores: [store], end };
};

/** Two servers with one database. */
const twoOf = async (address: string): Promise<Shared> => {
  const { url, end } = await ownTables(address);
  const stores = [await openPostgresStore({ url, connections: 4 }), await openPostgresStore({ url, connections: 4 })];
  return {
    stores,
    end: async () => {
      for (const store of stores) await store.close();
      await end();
    },
  };
};

const all: readonly (readonly [name: string, open: () => Promise<Shared>])[] = [
  ['in memory', () => one(inMemory())],
  ['in SQLite', () => one(inSqlite())],
  ...(postgresUrl === undefined ? [] : [['in PostgreSQL, of two servers', () => twoOf(postgresUrl ?? '')] as const]),
];

describe.each(all)('stores %s', (_, open) => {
  let shared: Shared;
  beforeAll(async () => {
    shared = await open();
  });
  afterAll(() => shared.end());

  it('lose no increment, no item of a list and no other attribute when edits are made at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 12 }), async (amounts) => {
        const [first] = shared.stores;
        if (first === undefined) throw new Error('there should be a store');
        const draft = { kind: 'ordinary', members: ['Tom'], attributes: {}, unique: false, now: Date.now() } as const;
        const { id } = (await first.createConversation(draft)).info;
        const given = await Promise.all(
          amounts.map(async (amount, index) => {
            const edits: readonly AttributeEdit[] = [
              { _tag: 'Increment', path: ['votes', 'yes'], amount },
              { _tag: 'Add', path: ['all'], objects: [index] },
              { _tag: 'AddUnique', path: ['once'], objects: [{ by: 'Tom', of: amount }] },
              { _tag: 'Set', path: [`own ${index}`], value: index },
            ];
            const store = shared.stores[index % shared.stores.length] ?? first;
            return store.updateConversation(id, { edits }, Date.now());
          }),
        );
        const [info] = await first.conversations([id]);
        const { votes, all: list, once, ...own } = info?.attributes ?? {};
        expect(votes).toEqual({ yes: amounts.reduce((sum, amount) => sum + amount, 0) });
        expect([...(list as number[])].sort((x, y) => x - y)).toEqual(amounts.map((__, index) => index));
        expect(once).toHaveLength(new Set(amounts).size);
        expect(own).toEqual(Object.fromEntries(amounts.map((__, index) => [`own ${index}`, index])));
        // What each has got is the state after its own edit: of one state each.
        const states = given.map((after) => (after?.attributes['all'] as number[]).length);
        expect(states.sort((x, y) => x - y)).toEqual(amounts.map((__, index) => index + 1));
      }),
      { numRuns: 8 },
    );
  });
});

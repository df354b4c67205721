/** What becomes of messages where IndexedDB fails. */
import 'fake-indexeddb/auto';
import { IDBFactory, IDBObjectStore, IDBOpenDBRequest } from 'fake-indexeddb';
import { setImmediate } from 'node:timers/promises';
import { firstValueFrom, from, toArray, type Subscription } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { indexedDbOutbox, type OutboxStorage, type StoredSend } from 'rx-realtime';

const message: StoredSend = {
  token: 't',
  conversationId: 'c',
  at: 1,
  sequence: 1,
  body: { data: 'x' },
  options: {},
};

const done = (answer: ReturnType<OutboxStorage['put']>): Promise<unknown> =>
  firstValueFrom(from(answer).pipe(toArray()));

const tokens = async (storage: OutboxStorage): Promise<unknown> =>
  (await firstValueFrom(from(storage.load('app/Tom')))).map((kept) => (kept as StoredSend).token);

let heard: unknown[] = [];
let hearing: Subscription | undefined;
const listen = ({ faults$ }: OutboxStorage): void => {
  heard = [];
  hearing = faults$?.subscribe((fault) => heard.push(fault));
};

const install = (factory: () => unknown): void => {
  Object.defineProperty(globalThis, 'indexedDB', { configurable: true, get: factory });
};

beforeEach(() => {
  const factory = new IDBFactory();
  install(() => factory);
});
afterEach(() => {
  hearing?.unsubscribe();
  Reflect.deleteProperty(globalThis, 'indexedDB');
  vi.restoreAllMocks();
});

/** Each one makes IndexedDB fail in another way. */
const failures: Readonly<Record<string, () => unknown>> = {
  'there is none': () => Reflect.deleteProperty(globalThis, 'indexedDB'),
  'it may not be used': () => {
    install(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    });
  },
  'it can not be opened': () =>
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('A mutation operation was attempted on a database.', 'InvalidStateError');
    }),
  'a newer version has made the database': async () => {
    const opening = indexedDB.open('rx-realtime-outbox', 9);
    await new Promise((resolve) => {
      opening.onsuccess = resolve;
    });
    opening.result.close();
  },
  'the quota is used up': () =>
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    }),
};

describe.each(Object.entries(failures))('an IndexedDB outbox, where %s', (_, fail) => {
  it('keeps messages in memory, and says so once', async () => {
    await fail();
    const storage = indexedDbOutbox();
    listen(storage);
    await done(storage.put('app/Tom', message));
    await done(storage.put('app/Tom', { ...message, token: 'u', sequence: 2 }));
    expect(await tokens(storage)).toEqual(['t', 'u']);
    await done(storage.remove('app/Tom', 't'));
    expect(await tokens(storage)).toEqual(['u']);
    expect(heard).toMatchObject([{ _tag: 'StorageFailed' }]);
    expect(String(heard[0])).toContain('in memory');
  });

  it('keeps messages in memory if the database never answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    vi.spyOn(IDBFactory.prototype, 'open').mockReturnValue(new IDBOpenDBRequest());
    const storage = indexedDbOutbox();
    listen(storage);
    const putting = done(storage.put('app/Tom', message));
    while (vi.getTimerCount() === 0) await setImmediate();
    vi.runAllTimers();
    await putting;
    expect(heard).toMatchObject([{ message: expect.stringContaining('within 3000 ms') as unknown }]);
  });

  it('fails with a StorageFailed without the fallback', async () => {
    await fail();
    const storage = indexedDbOutbox({ fallback: 'none' });
    listen(storage);
    await expect(done(storage.put('app/Tom', message))).rejects.toMatchObject({ _tag: 'StorageFailed' });
    expect(heard).toEqual([]);
  });
});

describe('an IndexedDB outbox', () => {
  it('is used again when it works again; what was kept in memory meanwhile is there as well', async () => {
    const { put } = IDBObjectStore.prototype;
    let isFull = false;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...given) {
      if (isFull) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
      return put.apply(this, given);
    });
    const storage = indexedDbOutbox();
    listen(storage);
    await done(storage.put('app/Tom', message));
    isFull = true;
    await done(storage.put('app/Tom', { ...message, token: 'u' }));
    isFull = false;
    await done(storage.put('app/Tom', { ...message, token: 'v' }));
    expect(await tokens(storage)).toEqual(['t', 'v', 'u']);
    expect(await tokens(indexedDbOutbox())).toEqual(['t', 'v']);
    expect(heard).toHaveLength(1);
  });
});

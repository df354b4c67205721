/** The connection on which messages are stored: it is set up, planned anew, kept, given back and replaced. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AskFailed } from '../../server/store/postgres/failures.js';
import { createOwnConnection } from '../../server/store/postgres/own-connection.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A pool that writes down what happens. */
const pool = () => {
  const said: string[] = [];
  let connections = 0;
  const own = createOwnConnection({
    connect: () => {
      connections += 1;
      const name = connections;
      said.push(`connect ${name}`);
      return Promise.resolve({
        query: () => Promise.reject(new Error('not asked like this')),
        release: (destroy) => said.push(`${destroy === true ? 'destroy' : 'release'} ${name}`),
        on: () => undefined,
      });
    },
    sessionOn: () => ({
      ask: () => Promise.reject(new Error('not asked like this')),
      rows: () => Promise.resolve([]),
      execute: (sql) => {
        said.push(sql.startsWith('discard') ? 'plan anew' : sql.includes('reset_val') ? 'as usual' : 'keep plans');
        return Promise.resolve([]);
      },
    }),
  });
  const store = (): Promise<unknown> =>
    own.once(() => {
      said.push('store');
      return Promise.resolve();
    }, 1);
  return { own, store, said };
};

it('is set up once, and plans anew when it was used twice as often, or after ten seconds', async () => {
  const { own, store, said } = pool();
  for (let n = 0; n < 5; n += 1) await store();
  expect(said).toEqual([
    'connect 1',
    'keep plans',
    'store',
    'store',
    'plan anew',
    'store',
    'store',
    'plan anew',
    'store',
  ]);
  said.length = 0;
  for (let n = 0; n < 10; n += 1) {
    vi.advanceTimersByTime(1_900);
    await store();
  }
  expect(said.filter((one) => one !== 'store')).toEqual(['plan anew', 'plan anew']);
  own.close();
});

it('goes back to the pool as it was when nobody uses it, and is taken again then', async () => {
  const { own, store, said } = pool();
  await store();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(said.slice(-2)).toEqual(['as usual', 'release 1']);
  await store();
  expect(said.slice(-3)).toEqual(['connect 2', 'keep plans', 'store']);
  own.close();
  expect(said.at(-1)).toBe('destroy 2');
});

it('is replaced if it breaks, and kept if only the call was refused', async () => {
  const { own, said } = pool();
  const fail = (reason: Error): Promise<unknown> => own.once(() => Promise.reject(new AskFailed(reason)), 1);
  await expect(fail(Object.assign(new Error('too long'), { code: '22001' }))).rejects.toThrow(AskFailed);
  await expect(fail(new Error('the socket has closed'))).rejects.toThrow(AskFailed);
  expect(said).toEqual(['connect 1', 'keep plans', 'destroy 1']);
  own.close();
});

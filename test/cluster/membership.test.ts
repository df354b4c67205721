/** What a process knows of the others when the database was away. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMembership } from '../../server/cluster/membership.js';
import type { OtherNode } from '../../server/cluster/nodes.js';

const LEASE = 3_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const start = async () => {
  const database: { isAway: boolean; others: readonly OtherNode[] } = { isAway: false, others: [] };
  const asked = <T>(answer: () => T): Promise<T> =>
    database.isAway ? Promise.reject(new Error('the database is away')) : Promise.resolve(answer());
  const membership = createMembership({
    ...{ id: 'a', name: 'a', lease: LEASE },
    nodes: {
      register: () => asked(() => ({ now: Date.now(), wasThere: false, wills: [] })),
      renew: (_, __, onAsk) => {
        onAsk();
        return asked(() => ({ isHeld: true, now: Date.now(), others: database.others, isAnyDead: false }));
      },
      bury: () => asked(() => ({ clients: [], wills: [] })),
      online: () => asked(() => new Set<string>()),
      forget: () => asked(() => undefined),
      leave: () => asked(() => undefined),
    },
    local: { clientIds: () => [], writeAll: () => Promise.resolve() },
    wills: { writeAll: () => Promise.resolve(), clear: () => undefined },
    lookout: { lookFrom: () => undefined, lookedAt: () => 0 },
    confirm: () => Promise.resolve(),
    server: () => undefined,
    now: () => Date.now(),
    report: () => undefined,
  });
  await membership.start();
  return { database, membership };
};

test('is alone when the database has known of no others for some time; while it was away, nobody knows', async () => {
  const { database, membership } = await start();
  expect(membership.isAlone()).toBe(false);
  await vi.advanceTimersByTimeAsync(2 * LEASE);
  expect(membership.isAlone()).toBe(true);
  database.isAway = true;
  await vi.advanceTimersByTimeAsync(4 * LEASE);
  expect(membership.isServing()).toBe(false);
  database.isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  // The others enter themselves again, and what they had begun is stored meanwhile.
  expect([membership.isServing(), membership.isAlone()]).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(2 * LEASE);
  expect(membership.isAlone()).toBe(true);
  await membership.stop();
});

/** The time limits of connections, by one timer for all of them. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { overdue, type Overdue } from '../../server/overdue.js';

const LIMIT = 1_000;

/** Connections that end when nothing was heard for so long. */
const connections = () => {
  const all = new Set<{ heardAt: number; endedAt: number | undefined; expire: (now: number) => number }>();
  const looks = { count: 0 };
  const limits: Overdue = overdue({ connections: all, limits: [LIMIT, Infinity], now: Date.now });
  return {
    limits,
    looks,
    open: () => {
      const connection = {
        heardAt: Date.now(),
        endedAt: undefined as number | undefined,
        expire: (now: number): number => {
          looks.count += 1;
          if (now < connection.heardAt + LIMIT) return connection.heardAt + LIMIT;
          connection.endedAt = now;
          all.delete(connection);
          return Infinity;
        },
      };
      all.add(connection);
      limits.added(connection.expire(Date.now()));
      return connection;
    },
  };
};

describe('a time limit', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends a connection when it is over, at most a twentieth of the limit later', () => {
    const { open } = connections();
    const all = Array.from({ length: 50 }, () => {
      vi.advanceTimersByTime(7);
      return open();
    });
    vi.advanceTimersByTime(2 * LIMIT);
    for (const { heardAt, endedAt = NaN } of all) {
      expect(endedAt - heardAt).toBeGreaterThanOrEqual(LIMIT);
      expect(endedAt - heardAt).toBeLessThanOrEqual(LIMIT + LIMIT / 20);
    }
  });

  it('begins again when something is heard, and sets no timer for that', () => {
    const { open } = connections();
    const connection = open();
    for (let time = 0; time < 10 * LIMIT; time += 100) {
      vi.advanceTimersByTime(100);
      connection.heardAt = Date.now();
      expect(vi.getTimerCount()).toBe(1);
    }
    expect(connection.endedAt).toBeUndefined();
    vi.advanceTimersByTime(LIMIT + LIMIT / 20);
    expect(connection.endedAt).toBeDefined();
  });

  it('costs a look at each connection now and then, not for each connection that comes', () => {
    const { open, looks } = connections();
    for (let count = 0; count < 1_000; count += 1) {
      vi.advanceTimersByTime(1);
      open();
    }
    const before = looks.count;
    vi.advanceTimersByTime(LIMIT);
    // A tick each twentieth of the limit, each with fewer connections.
    expect(looks.count - before).toBeLessThan(21 * 1_000);
  });

  it('has no timer left when the server has stopped, or when no connection has a limit', () => {
    const { open, limits } = connections();
    open();
    limits.stop();
    expect(vi.getTimerCount()).toBe(0);
    limits.added(Infinity);
    expect(vi.getTimerCount()).toBe(0);
  });
});

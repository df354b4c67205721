/** How a server that goes away spreads the return of its clients. */
import { describe, expect, it, vi } from 'vitest';
import { spreadOf } from '../../src/connection/close-codes.js';
import { closeReason, inBatches, returningClients } from '../../server/returns.js';
import { dial, login, serve } from './raw-client.js';

describe('the reason of a close', () => {
  it.each([
    [0, 500, 0],
    [5, 500, 10],
    [10_000, 500, 20_000],
    [1, 3, 334],
    [1e9, 1, 300_000],
    [5, 1e-9, 300_000],
  ])('tells %i clients, at %i per second, to spread their return over %i ms', (clients, perSecond, spread) => {
    const reason = closeReason('the server is going away', clients, perSecond);
    expect(reason).toBe(`the server is going away; spread=${String(spread)}`);
    expect(spreadOf(reason)).toBe(spread);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
  });

  it.each([Infinity, 0, -1, NaN])('names no time if the rate is %d: they may come as they like', (perSecond) => {
    expect(closeReason('the server is going away', 5, perSecond)).toBe('the server is going away');
  });

  it('spreads single clients over a second, and over more if there are many in a second', () => {
    let now = 0;
    const returning = returningClients(
      () => 10,
      () => now,
    );
    const spreads = Array.from({ length: 12 }, () => spreadOf(returning('closed')));
    expect(spreads).toEqual([...Array<number>(10).fill(1_000), 1_100, 1_200]);
    now = 1_001;
    expect(returning('closed')).toBe('closed; spread=1000');
  });

  it('is what every client of the server gets', async () => {
    const server = await serve({ limits: { returnsPerSecond: 2 } });
    const clients = [await dial(server.url), await login(server, 'Tom')];
    await server.close();
    for (const client of clients)
      expect(await client.closed).toEqual({ code: 1001, reason: 'the server is going away; spread=1000' });
  });
});

describe('batches', () => {
  it('take so many per second: the first ones at once', () => {
    vi.useFakeTimers();
    try {
      const taken: number[] = [];
      inBatches(
        Array.from({ length: 25 }, (_, index) => index),
        100,
        (item) => taken.push(item),
      );
      expect(taken).toHaveLength(10);
      vi.advanceTimersByTime(99);
      expect(taken).toHaveLength(10);
      vi.advanceTimersByTime(1);
      expect(taken).toHaveLength(20);
      vi.advanceTimersByTime(100);
      expect(taken).toEqual(Array.from({ length: 25 }, (_, index) => index));
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([Infinity, 0, -1, NaN])('take all at once at a rate of %d', (perSecond) => {
    const all: number[] = [];
    inBatches([1, 2, 3], perSecond, (item) => all.push(item));
    expect(all).toEqual([1, 2, 3]);
  });

  it('may be of less than one per period', () => {
    vi.useFakeTimers();
    try {
      const slow: number[] = [];
      inBatches([1, 2], 2, (item) => slow.push(item));
      expect(slow).toEqual([1]);
      vi.advanceTimersByTime(500);
      expect(slow).toEqual([1, 2]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('end when they are told to', () => {
    vi.useFakeTimers();
    try {
      const taken: number[] = [];
      inBatches([1, 2], 1, (item) => taken.push(item))();
      vi.runAllTimers();
      expect(taken).toEqual([1]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('goaway', () => {
  it('is sent to some clients at once, and to the others later', async () => {
    const server = await serve({ limits: { returnsPerSecond: 10 } });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    server.goaway();
    await tom.settle();
    await jerry.settle();
    const told = [...tom.inbox, ...jerry.inbox].filter(({ cmd }) => cmd === 'goaway');
    expect(told.length).toBeLessThanOrEqual(2);
    await tom.push('goaway');
    await jerry.push('goaway');
  });
});

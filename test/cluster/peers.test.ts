/** Which servers the router names if there are several. */
import { describe, expect, test } from 'vitest';
import type { BusPeer } from '../../server/bus.js';
import { twoOf } from '../../server/http/route.js';

const peer = (name: string, load: number): BusPeer => ({ publicUrl: `wss://${name}.example.com`, load });

describe('the servers that a router names', () => {
  test('are two different ones, or as many as there are', () => {
    expect(twoOf([], () => 0)).toEqual([]);
    expect(twoOf([peer('a', 0)], () => 0.9)).toEqual([peer('a', 0)]);
    expect(twoOf([peer('a', 0), peer('a', 0), peer('b', 0)], () => 0)).toEqual([peer('a', 0), peer('b', 0)]);
  });

  test('are more often those with less load', () => {
    const first = Array.from(
      { length: 100 },
      (_, place) => twoOf([peer('full', 950), peer('free', 50)], () => place / 100)[0],
    );
    const free = first.filter((one) => one?.load === 50).length;
    expect(free).toBeGreaterThan(80);
    expect(free).toBeLessThan(100);
  });
});

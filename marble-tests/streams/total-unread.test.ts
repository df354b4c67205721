import { describe, it } from 'vitest';
import { totalUnread, type Unread } from '../../streams/index.js';
import { marbles } from '../marbles.js';

const maps: Record<string, ReadonlyMap<string, Unread>> = {
  n: new Map(),
  a: new Map([['a', { count: 2, mentioned: false }]]),
  b: new Map([
    ['a', { count: 2, mentioned: false }],
    ['b', { count: 3, mentioned: true }],
  ]),
  c: new Map([
    ['c', { count: 4, mentioned: true }],
    ['d', { count: 1, mentioned: false }],
  ]),
};

describe('totalUnread', () => {
  it('is the sum over all conversations, and mentioned if one of them is', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('n-a-b-|', maps).pipe(totalUnread())).toBe('n-a-b-|', {
        n: { count: 0, mentioned: false },
        a: { count: 2, mentioned: false },
        b: { count: 5, mentioned: true },
      });
    });
  });

  it('emits nothing if the sum stays the same', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-b-c-', maps).pipe(totalUnread()), '^----!').toBe('-b---', {
        b: { count: 5, mentioned: true },
      });
    });
  });
});

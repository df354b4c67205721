import fc from 'fast-check';
import { NEVER, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { top, type TopEntry } from '../../../streams/index.js';
import { marbles } from '../../marbles.js';

const key = (item: string): string => item;
const exact = (name: string, count: number): TopEntry => ({ key: name, count, error: 0 });

describe('top', () => {
  it('emits the busiest keys first, with exact numbers while there are no more keys than places', () => {
    marbles(({ hot, expectObservable }) => {
      const items$ = hot('a-b-b-c-b-c-');
      const every$ = hot('---x-------x');
      expectObservable(items$.pipe(top({ key, every$, count: 2 }))).toBe('---1-------2', {
        1: [exact('a', 1), exact('b', 1)],
        2: [exact('b', 3), exact('c', 2)],
      });
    });
  });

  it('gives the place of the least busy key to a new one, and emits the possible error', () => {
    marbles(({ hot, expectObservable }) => {
      const items$ = hot('aab-c-');
      const every$ = hot('-----x');
      expectObservable(items$.pipe(top({ key, every$, count: 2, capacity: 2 }))).toBe('-----1', {
        1: [exact('a', 2), { key: 'c', count: 2, error: 1 }],
      });
    });
  });

  it('completes and errors with the source', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a--|').pipe(top({ key, every$: NEVER }))).toBe('---|');
      expectObservable(cold('a--#').pipe(top({ key, every$: NEVER }))).toBe('---#');
    });
  });

  it('holds each key whose share is above 1/capacity; no number is too low or off by more than its error', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.integer({ min: 0, max: 30 }).map((n) => `k${String(Math.floor(n ** 2 / 30))}`),
          { maxLength: 400 },
        ),
        fc.integer({ min: 1, max: 12 }),
        (items, capacity) => {
          const items$ = new Subject<string>();
          const every$ = new Subject<void>();
          let told: readonly TopEntry[] = [];
          items$.pipe(top({ key, every$, count: capacity, capacity })).subscribe((entries) => {
            told = entries;
          });
          const truth = new Map<string, number>();
          for (const item of items) {
            truth.set(item, (truth.get(item) ?? 0) + 1);
            items$.next(item);
          }
          every$.next();
          for (const { key: name, count, error } of told) {
            const items_ = truth.get(name) ?? 0;
            expect(count).toBeGreaterThanOrEqual(items_);
            expect(count - error).toBeLessThanOrEqual(items_);
          }
          const counted = new Set(told.map(({ key: name }) => name));
          for (const [name, count] of truth) if (count > items.length / capacity) expect(counted).toContain(name);
          expect(told.map(({ count }) => count)).toEqual(told.map(({ count }) => count).sort((a, b) => b - a));
          expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(items.length);
        },
      ),
    );
  });

  it('refuses invalid numbers', () => {
    expect(() => top({ key, every$: NEVER, count: 0 })).toThrow(RangeError);
    expect(() => top({ key, every$: NEVER, count: 5, capacity: 4 })).toThrow(
      'capacity should be at least count, 5, but is 4',
    );
  });
});

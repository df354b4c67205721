import { NEVER, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { rate } from '../../../streams/index.js';
import { marbles } from '../../marbles.js';

const key = (item: string): string => item;
const rates = (entries: Readonly<Record<string, number>>): ReadonlyMap<string, number> => new Map(Object.entries(entries));

describe('rate', () => {
  it('is items a second of each key in the window, and leaves out who has had none', () => {
    marbles(({ hot, expectObservable }) => {
      const items$ = hot('-a-a-b-----');
      const every$ = hot('------x---x');
      expectObservable(items$.pipe(rate({ key, every$, window: 4, steps: 4 }))).toBe('------1---2', {
        1: rates({ a: 250, b: 250 }),
        2: rates({}),
      });
    });
  });

  it('slides: the window moves on by its steps', () => {
    marbles(({ hot, expectObservable }) => {
      const items$ = hot('aaaaaaaa');
      const every$ = hot('-x--x--x---x');
      expectObservable(
        items$.pipe(
          rate({ key, every$, window: 4, steps: 4 }),
          map((all) => all.get('a') ?? 0),
        ),
      ).toBe('-1--2--3---4', {
        1: 500,
        2: 1_000,
        3: 1_000,
        4: 0,
      });
    });
  });

  it('counts what is beyond its keys together, until one of them has had nothing for a window', () => {
    marbles(({ hot, expectObservable }) => {
      const items$ = hot('abc------c-');
      const every$ = hot('---x----x-x');
      expectObservable(items$.pipe(rate({ key, every$, window: 4, steps: 4, maxKeys: 2 }))).toBe('---1----2-3', {
        1: rates({ a: 250, b: 250, '(others)': 250 }),
        2: rates({}),
        3: rates({ c: 250 }),
      });
    });
  });

  it('completes with the source or with what it is told by, errors as they do, and counts for each subscriber anew', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a--|').pipe(rate({ key, every$: NEVER }))).toBe('---|');
      expectObservable(cold('a---').pipe(rate({ key, every$: cold('--|') }))).toBe('--|');
      expectObservable(cold('a--#').pipe(rate({ key, every$: NEVER }))).toBe('---#');
      expectObservable(cold('a---').pipe(rate({ key, every$: cold('--#') }))).toBe('--#');
      const rates$ = cold('a----').pipe(
        rate({ key, every$: cold('--x'), window: 1_000 }),
        map((all) => all.get('a')),
      );
      expectObservable(rates$).toBe('--1', [0, 1]);
      expectObservable(rates$, '--^').toBe('----1', [0, 1]);
    });
  });

  it('refuses a window, steps or keys that can not be', () => {
    for (const wrong of [{ window: 0 }, { steps: 0 }, { maxKeys: 0.5 }]) {
      expect(() => rate({ key, every$: NEVER, ...wrong })).toThrow(RangeError);
    }
  });
});

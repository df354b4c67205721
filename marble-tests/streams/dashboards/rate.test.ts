import fc from 'fast-check';
import { NEVER, Subject, interval, map, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { rate } from '../../../streams/index.js';
import { marbles } from '../../marbles.js';

const key = (item: string): string => item;
const rates = (entries: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  new Map(Object.entries(entries));

describe('rate', () => {
  it('emits items per second for each key in the window, without keys that had none', () => {
    marbles(({ hot, expectObservable }) => {
      const items$ = hot('-a-a-b-----');
      const every$ = hot('------x---x');
      expectObservable(items$.pipe(rate({ key, every$, window: 5, steps: 5 }))).toBe('------1---2', {
        1: rates({ a: 250, b: 250 }),
        2: rates({}),
      });
    });
  });

  it('slides the window step by step', () => {
    marbles(({ hot, expectObservable }) => {
      const items$ = hot('aaaaaaaa');
      const every$ = hot('----x--x-x--x');
      expectObservable(
        items$.pipe(
          rate({ key, every$, window: 5, steps: 5 }),
          map((all) => all.get('a') ?? 0),
        ),
      ).toBe('----1--2-3--4', {
        // Five in 4 ms, both ends counted; then three, then none.
        1: 1_250,
        2: 1_250,
        3: 750,
        4: 0,
      });
    });
  });

  it('counts further keys together until a counted key had no items for a whole window', () => {
    marbles(({ hot, expectObservable }) => {
      const items$ = hot('abc------c-');
      const every$ = hot('----x---x-x');
      expectObservable(items$.pipe(rate({ key, every$, window: 5, steps: 5, maxKeys: 2 }))).toBe('----1---2-3', {
        1: rates({ a: 250, b: 250, '(others)': 250 }),
        2: rates({}),
        3: rates({ c: 250 }),
      });
    });
  });

  it('is correct at any moment of a step, and before the window is full', () => {
    marbles(({ expectObservable }) => {
      const even$ = interval(10).pipe(map(() => 'a'));
      const told = (every: number) =>
        even$.pipe(
          rate({ key, every$: timer(every, 1_000).pipe(take(9)) }),
          map((all) => Math.round(all.get('a') ?? 0)),
          map((perSecond) => perSecond >= 99 && perSecond <= 101),
          take(9),
        );
      for (const every of [3_000, 9_100, 20_000, 20_300, 20_900]) {
        expectObservable(told(every)).toBe(`${every}ms ${Array.from({ length: 8 }, () => 't 999ms ').join('')}(t|)`, {
          t: true,
        });
      }
    });
  });

  it('for an even stream and a full window, is off by at most one item, for any window, steps and moment', () => {
    const positive = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(
        positive(200),
        positive(5_000),
        positive(20),
        positive(10_000),
        positive(5_000),
        (period, window, steps, start, late) => {
          let time = start;
          const items = new Subject<string>();
          const every = new Subject<void>();
          let read = 0;
          items.pipe(rate({ key, every$: every, window, steps, now: () => time })).subscribe((all) => {
            read = all.get('a') ?? 0;
          });
          const end = start + window + late;
          for (time = start; time <= end; time += period) items.next('a');
          time = end;
          every.next();
          const begun = (Math.floor((end * steps) / window) * window) / steps;
          const covered = Math.max(1, window - window / steps + end - begun);
          expect(Math.abs(read - 1_000 / period) * (covered / 1_000)).toBeLessThanOrEqual(1 + 1e-6);
        },
      ),
    );
  });

  it('completes and errors with the source or the notifier, and counts for each subscriber separately', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a--|').pipe(rate({ key, every$: NEVER }))).toBe('---|');
      expectObservable(cold('a---').pipe(rate({ key, every$: cold('--|') }))).toBe('--|');
      expectObservable(cold('a--#').pipe(rate({ key, every$: NEVER }))).toBe('---#');
      expectObservable(cold('a---').pipe(rate({ key, every$: cold('--#') }))).toBe('--#');
      const rates$ = cold('a----').pipe(
        rate({ key, every$: cold('--x'), window: 1_000 }),
        map((all) => all.get('a')),
      );
      expectObservable(rates$).toBe('--1', [0, 500]);
      expectObservable(rates$, '--^').toBe('----1', [0, 500]);
    });
  });

  it('refuses an invalid window, steps or number of keys', () => {
    for (const wrong of [{ window: 0 }, { window: NaN }, { window: Infinity }, { steps: 0 }, { maxKeys: 0.5 }]) {
      expect(() => rate({ key, every$: NEVER, ...wrong })).toThrow(RangeError);
    }
  });
});

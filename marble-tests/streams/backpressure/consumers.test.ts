import { NEVER, Subject, delay, distinctUntilChanged, map, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  batch,
  conflate,
  consume,
  danmaku,
  dropOldest,
  expire,
  sample,
  type Pressure,
} from '../../../streams/index.js';
import { marbles } from '../../marbles.js';

const joined = map((values: readonly string[]): string => values.join(''));

describe('batch with ready$', () => {
  it('emits the waiting items when the consumer is ready; nothing if nothing waits', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const ready$ = cold('                             ---r--r--r--r');
      expectObservable(hot('-ab-c------d|').pipe(batch({ ready$ }), joined)).toBe('---x--y-----(z|)', {
        x: 'ab',
        y: 'c',
        z: 'd',
      });
    });
  });

  it('lets a full array go at once, so that never more than its bound waits', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('abcde|').pipe(batch({ max: 2, ready$: NEVER }), joined)).toBe('-x-y-(z|)', {
        x: 'ab',
        y: 'cd',
        z: 'e',
      });
    });
  });

  it('leaves what is too much for one array to the strategy before it, until the next time', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const ready$ = cold('                                                  ------r---r---r');
      expectObservable(hot('abcdefg--------h').pipe(dropOldest(3), batch({ max: 2, ready$ }), joined)).toBe(
        '------x---y',
        {
          x: 'ef',
          y: 'g',
        },
      );
    });
  });

  it('emits what is left with the end of its source, or of ready$, in full arrays', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('abc--d');
      const ended = { x: 'ab', y: 'c' };
      expectObservable(hot('(abc|)').pipe(dropOldest(9), batch({ max: 2, ready$: NEVER }), joined)).toBe(
        '(xy|)',
        ended,
      );
      expectObservable(source$.pipe(dropOldest(9), batch({ max: 2, ready$: cold('----|') }), joined)).toBe(
        '----(xy|)',
        ended,
      );
      expectSubscriptions(source$.subscriptions).toBe('^---!');
    });
  });

  it('errors as its source does, or ready$, and unsubscribes from both', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('a----');
      const ready$ = cold('------r');
      expectObservable(source$.pipe(batch({ ready$: cold('---#') }), joined)).toBe('---#');
      expectObservable(hot('a-#').pipe(batch({ ready$ }), joined)).toBe('--#');
      expectSubscriptions(source$.subscriptions).toBe('^--!');
      expectSubscriptions(ready$.subscriptions).toBe('^-!');
    });
  });
});

describe('batch with a rank', () => {
  const rank = (value: string): number => (value === value.toUpperCase() ? 1 : 0);

  it('takes the highest first where more wait than its bound, of one rank the oldest, in the order in which they came', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const ready$ = cold('                                                                 ------r-r-r');
      expectObservable(hot('aBcDeF').pipe(dropOldest(9), batch({ max: 2, ready$, rank }), joined)).toBe('------x-y-z', {
        x: 'BD',
        y: 'aF',
        z: 'ce',
      });
    });
  });

  it('goes by it where it hands arrays to the consumer behind it, too', () => {
    marbles(({ hot, expectObservable }) => {
      const insert = consume((values: readonly string[]) => of(values.join('')).pipe(delay(4)));
      expectObservable(hot('abcDe|').pipe(dropOldest(9), batch({ max: 2, rank }), insert)).toBe('----a---b---(c|)', {
        a: 'a',
        b: 'bD',
        c: 'ce',
      });
    });
  });

  it('goes by what a value has become behind conflate', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const values = { a: 'x1', b: 'y5', c: 'x9' };
      const byKey = conflate(([first]: string) => first);
      const ready$ = cold('----r');
      const highest = batch({ max: 1, ready$, rank: (value: string) => Number(value.slice(1)) });
      expectObservable(hot('abc', values).pipe(byKey, highest, joined)).toBe('----c', values);
    });
  });

  it('takes nothing that is not wanted any more, however high it ranks', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const ages: Readonly<Record<string, number>> = { a: 0, B: 9, c: 0 };
      const late = expire<string>(3, { since: (value) => -(ages[value] ?? 0) });
      expectObservable(
        hot('(aBc)').pipe(late, dropOldest(9), batch({ max: 1, ready$: cold('-rrr'), rank }), joined),
      ).toBe('-ac');
    });
  });

  it('is no strategy: a source without a strategy is refused', () => {
    marbles(({ hot, expectObservable }) => {
      const unbounded$ = hot('a').pipe(
        batch({ rank }),
        consume((values) => of(values)),
      );
      expectObservable(unbounded$).toBe(
        '#',
        undefined,
        expect.objectContaining({ _tag: 'NoStrategy', operator: 'batch' }),
      );
    });
  });

  it('errors with what it throws', () => {
    marbles(({ hot, expectObservable }) => {
      const fail = (): never => {
        throw new Error('oops');
      };
      expectObservable(hot('a').pipe(batch({ ready$: NEVER, rank: fail }))).toBe('#', undefined, new Error('oops'));
    });
  });
});

describe('batch without ready$', () => {
  it('gives arrays of waiting items to the consumer behind it', () => {
    marbles(({ hot, expectObservable }) => {
      const insert = consume((values: readonly string[]) => of(values.join('')).pipe(delay(3)));
      expectObservable(hot('abcdef|').pipe(dropOldest(9), batch({ max: 3 }), insert)).toBe('---a--b--(c|)', {
        a: 'a',
        b: 'bcd',
        c: 'ef',
      });
    });
  });

  it('says so where nothing behind it takes arrays, or no strategy is before it', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a').pipe(dropOldest(9), batch())).toBe(
        '#',
        undefined,
        expect.objectContaining({ _tag: 'NoDemand', operator: 'batch' }),
      );
      const unbounded$ = hot('a').pipe(
        batch(),
        consume((values) => of(values)),
      );
      expectObservable(unbounded$).toBe(
        '#',
        undefined,
        expect.objectContaining({ _tag: 'NoStrategy', operator: 'batch' }),
      );
    });
  });
});

describe('batch', () => {
  it('refuses an invalid bound when it is created', () => {
    for (const max of [0, NaN, 1.5])
      expect(() => batch({ max, ready$: NEVER })).toThrow('max should be a whole number from 1 on');
    expect(() => batch({ max: NaN })).toThrow(RangeError);
    expect(() => danmaku({ ready$: NEVER, max: 0 })).toThrow(RangeError);
  });
});

describe('sample', () => {
  it('emits the newest item when the consumer is ready, and the waiting one at the end', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const ready$ = cold('                         --r--r--r');
      expectObservable(hot('ab-c----def|').pipe(sample(ready$))).toBe('--b--c--d--(f|)');
    });
  });

  it('holds to the rules of the strategies before it', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const ready$ = cold('                                 -----r---|');
      expectObservable(hot('abc---d').pipe(dropOldest(2), sample(ready$))).toBe('-----c---(d|)');
    });
  });

  it('counts what it gives up', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const pressure$ = new Subject<Pressure>();
      expectObservable(pressure$.pipe(map(({ level, dropped }) => `${level} ${dropped}`))).toBe('abc-d', {
        a: 'high 0',
        b: 'high 1',
        c: 'high 2',
        d: 'low 2',
      });
      expectObservable(hot('abc').pipe(sample(cold('----r'), { pressureObserver: pressure$ }))).toBe('----c');
    });
  });

  it('errors as its source does, or ready$', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(hot('a-#').pipe(sample(NEVER))).toBe('--#');
      expectObservable(hot('a--').pipe(sample(cold('-#')))).toBe('-#');
    });
  });
});

describe('danmaku', () => {
  it('counts the late items and those over the bound together, as dropped', () => {
    marbles(({ hot, expectObservable }) => {
      const pressure = (): Subject<Pressure> => new Subject();
      const [first$, second$] = [pressure(), pressure()];
      const shown = (pressureObserver: Subject<Pressure>) =>
        hot('abcde----fg').pipe(
          danmaku({ ready$: hot('---------r-|'), bound: 3, maxAge: 6, pressureObserver }),
          joined,
        );
      // a and b are over the bound when d and e come; c is late when the screen is ready.
      expectObservable(shown(first$)).toBe('---------x-(y|)', { x: 'def', y: 'g' });
      // Each subscription counts for itself.
      expectObservable(shown(second$)).toBe('---------x-(y|)', { x: 'def', y: 'g' });
      expectObservable(
        first$.pipe(
          map(({ dropped }) => dropped),
          distinctUntilChanged(),
        ),
      ).toBe('--012----3', [0, 1, 2, 3]);
      expectObservable(
        second$.pipe(
          map(({ dropped }) => dropped),
          distinctUntilChanged(),
        ),
      ).toBe('--012----3', [0, 1, 2, 3]);
    });
  });

  const rank = (value: string): number => (value === value.toUpperCase() ? 1 : 0);

  it('shows fresh messages when the screen is ready, and drops the lowest rank first', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const ready$ = cold('                                                              -----r-----r');
      const shown$ = hot('aBcDe------fg').pipe(danmaku({ ready$, rank, bound: 3, maxAge: 3 }), joined);
      // B has waited for 4 ms, longer than it may.
      expectObservable(shown$).toBe('-----x-----y', { x: 'De', y: 'f' });
    });
  });

  it('keeps the newest where nothing outranks anything, and shows no more at a time than it may', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const ready$ = cold('                                                 -----r-r-r');
      expectObservable(hot('abcde').pipe(danmaku({ ready$, bound: 3, max: 2 }), joined)).toBe('-----x-y', {
        x: 'cd',
        y: 'e',
      });
    });
  });

  it('shows the highest first where it can’t show all, at a time in the order in which they came', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const ready$ = cold('                                                         ------r-r-r');
      expectObservable(hot('abCdEF').pipe(danmaku({ ready$, rank, bound: 9, max: 2 }), joined)).toBe('------x-y-z', {
        x: 'CE',
        y: 'aF',
        z: 'bd',
      });
    });
  });
});

import { EMPTY, NEVER, Subject, delay, map, of, range, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  consume,
  conflate,
  dropByPriority,
  dropNewest,
  dropOldest,
  expire,
  type Pressure,
} from '../../../streams/index.js';
import { marbles } from '../../marbles.js';

/** Work of 5 ms for each item. */
const slowly = consume((value: string) => of(value).pipe(delay(5)));

/** A pressure in short: what waits, what was given up, and for how long the oldest has waited. */
const short = ({ level, queued, dropped, oldestAge }: Pressure): string =>
  `${level} ${queued} -${dropped} ${oldestAge}ms`;

describe('a strategy', () => {
  it('keeps everything while its consumer is fast enough', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a-----b-----c-|').pipe(dropOldest(1), slowly)).toBe('-----a-----b-----(c|)');
    });
  });

  it('does nothing without a subscription; each subscription has its own queue', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  (abc|)');
      const result$ = source$.pipe(dropOldest(1), slowly);
      expectObservable(result$).toBe('            -----a----(c|)');
      expectObservable(result$, '-------^---!').toBe('------------');
      expectSubscriptions(source$.subscriptions).toBe(['(^!)', '-------(^!)']);
    });
  });

  it('errors if no consumer behind it can say when it is ready', () => {
    marbles(({ hot, expectObservable }) => {
      const result$ = hot('ab|').pipe(
        dropOldest(1),
        map((value) => value),
      );
      expectObservable(result$).toBe(
        '#',
        undefined,
        expect.objectContaining({ _tag: 'NoDemand', operator: 'dropOldest' }),
      );
    });
  });

  it('errors with its source at once, and unsubscribes from the source when it is unsubscribed', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const failing$ = hot('ab--#');
      expectObservable(failing$.pipe(dropOldest(9), slowly)).toBe('----#');
      const endless$ = hot('a----b--');
      expectObservable(endless$.pipe(dropOldest(9), slowly), '^-----!').toBe('-----a-');
      expectSubscriptions(endless$.subscriptions).toBe('^-----!');
    });
  });

  it('errors with what a function of the application throws', () => {
    marbles(({ hot, expectObservable }) => {
      const fail = (): never => {
        throw new Error('oops');
      };
      expectObservable(hot('ab').pipe(dropByPriority(1, fail), slowly)).toBe('#', undefined, new Error('oops'));
      expectObservable(hot('ab').pipe(conflate(fail), slowly)).toBe('#', undefined, new Error('oops'));
      expectObservable(hot('ab').pipe(expire(1, { since: fail }), slowly)).toBe('#', undefined, new Error('oops'));
      expectObservable(hot('ab|').pipe(dropOldest(1), consume(fail))).toBe('#', undefined, new Error('oops'));
    });
  });

  it('refuses an invalid bound when it is created', () => {
    expect(() => dropOldest(0)).toThrow(RangeError);
    expect(() => dropNewest(1.5)).toThrow(/whole number from 1 on, but is 1.5/);
    expect(() => dropByPriority(NaN, () => 1)).toThrow(RangeError);
    expect(() => conflate(() => 1, { mark: -1 })).toThrow(RangeError);
    expect(() => expire(NaN)).toThrow('maxAge should be a number of ms from 0 on, but is NaN');
  });

  it('handles a synchronous source without deep recursion', () => {
    let sum = 0;
    range(1, 200_000)
      .pipe(
        dropOldest(10),
        consume((value) => of(value)),
      )
      .subscribe((value) => {
        sum += value;
      });
    expect(sum).toBe(20_000_100_000);
  });

  it('stops a synchronous source when it is unsubscribed', () => {
    let made = 0;
    const endless$ = range(1, 1_000_000).pipe(
      map((value) => {
        made += 1;
        if (value === 3) throw new Error('enough');
        return value;
      }),
    );
    const errors: unknown[] = [];
    endless$.pipe(dropOldest(1), slowlyNumber).subscribe({ error: (error: unknown) => errors.push(error) });
    range(1, 1_000_000)
      .pipe(
        map((value) => {
          made += 1;
          return value;
        }),
        dropByPriority(1, (value) => {
          if (value === 5) throw new Error('bad rank');
          return value;
        }),
        slowlyNumber,
      )
      .subscribe({ error: (error: unknown) => errors.push(error) });
    expect(made).toBe(3 + 5);
    expect(errors.map(String)).toEqual(['Error: enough', 'Error: bad rank']);
  });
});

const slowlyNumber = consume((value: number) => of(value).pipe(delay(5)));

describe('dropOldest', () => {
  it('keeps the newest while the consumer is busy', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('abcdef|').pipe(dropOldest(2), slowly)).toBe('-----a----e----(f|)');
    });
  });

  it('reports pressure once at the upper mark and once at the lower mark', () => {
    marbles(({ hot, expectObservable }) => {
      const pressure$ = new Subject<Pressure>();
      expectObservable(pressure$.pipe(map(short))).toBe('----x-----y', { x: 'high 4 -0 3ms', y: 'low 2 -0 7ms' });
      expectObservable(hot('abcde').pipe(dropOldest(4, { pressureObserver: pressure$ }), slowly)).toBe(
        '-----a----b----c----d----e',
      );
    });
  });
});

describe('dropNewest', () => {
  it('keeps the first while the consumer is busy', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('abcdef|').pipe(dropNewest(2), slowly)).toBe('-----a----b----(c|)');
    });
  });
});

describe('dropByPriority', () => {
  const rank = (value: string): number => (value === value.toUpperCase() ? 1 : 0);

  it('drops the lowest rank first, of that the oldest item, and keeps the order of the others', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('abCdEf|').pipe(dropByPriority(3, rank), slowly)).toBe('-----a----C----E----(f|)');
    });
  });

  it('drops the new item if it has the lowest rank', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('aBCd|').pipe(dropByPriority(2, rank), slowly)).toBe('-----a----B----(C|)');
    });
  });

  it('treats a rank that is not a number as the lowest', () => {
    marbles(({ hot, expectObservable }) => {
      const ranks: Readonly<Record<string, number>> = { a: 0, b: NaN, c: -5, d: NaN };
      expectObservable(
        hot('abcd|').pipe(
          dropByPriority(1, (value) => ranks[value] ?? 0),
          slowly,
        ),
      ).toBe('-----a----(c|)');
    });
  });
});

describe('conflate', () => {
  const key = ([first]: string): string | undefined => first;

  it('keeps the last value of each key, in the place of the first', () => {
    marbles(({ hot, expectObservable }) => {
      const values = { a: 'x1', b: 'x2', c: 'y1', d: 'x3', e: 'y2' };
      expectObservable(hot('abcde|', values).pipe(conflate(key), slowly)).toBe('-----a----d----(e|)', values);
    });
  });

  it('merges the waiting value with the new one if a merge function is given', () => {
    marbles(({ hot, expectObservable }) => {
      const merge = (waiting: string, value: string): string => waiting + value.slice(1);
      const values = { a: 'x1', b: 'x2', c: 'x3', d: 'x23' };
      expectObservable(hot('abc|', values).pipe(conflate(key, { merge }), slowly)).toBe('-----a----(d|)', values);
    });
  });

  it('counts what it has merged', () => {
    marbles(({ hot, expectObservable }) => {
      const pressure$ = new Subject<Pressure>();
      const values = { a: 'x1', b: 'y1', c: 'y2', d: 'z1' };
      expectObservable(pressure$.pipe(map(short))).toBe('---x-y', { x: 'high 2 -1 2ms', y: 'low 1 -1 2ms' });
      expectObservable(hot('abcd', values).pipe(conflate(key, { mark: 2, pressureObserver: pressure$ }), slowly)).toBe(
        '-----a----c----d',
        values,
      );
    });
  });

  it('gives a value its own age, not that of its place, for expire to judge by', () => {
    marbles(({ hot, expectObservable }) => {
      const values = { a: 'x1', b: 'y1', c: 'y2' };
      expectObservable(hot('ab--c|', values).pipe(conflate(key), expire(3), slowly)).toBe('-----a----(c|)', values);
    });
  });

  it('lets a strategy with a bound hold a value by what it has become', () => {
    marbles(({ hot, expectObservable }) => {
      const rank = (value: string): number => Number(value.slice(1));
      const values = { a: 'w0', b: 'x1', c: 'y5', d: 'x9', e: 'z2' };
      expectObservable(hot('abcde|', values).pipe(conflate(key), dropByPriority(2, rank), slowly)).toBe(
        '-----a----d----(c|)',
        values,
      );
    });
  });
});

describe('expire', () => {
  it('drops items that have waited too long when the consumer takes them', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('abc----d|').pipe(expire(3), dropOldest(9), slowly)).toBe('-----a----c----(d|)');
    });
  });

  it('drops items that are too old before any others', () => {
    marbles(({ hot, expectObservable }) => {
      const rank = (value: string): number => (value === 'B' ? 9 : 0);
      const busy = consume((value: string) => timer(value === 'a' ? 9 : 1).pipe(map(() => value)));
      expectObservable(hot('aB----cd|').pipe(expire(4), dropByPriority(2, rank), busy)).toBe('---------ac(d|)');
    });
  });

  it('measures age from where it is told', () => {
    marbles(({ hot, expectObservable }) => {
      const since = (value: number): number => value;
      const values = { a: -10, b: 0 };
      expectObservable(
        hot('(ab|)', values).pipe(
          expire(4, { since }),
          dropOldest(9),
          consume((value) => of(value)),
        ),
      ).toBe('(b|)', values);
    });
  });

  it('reports when it begins to drop, and when nothing waits any more', () => {
    marbles(({ hot, expectObservable }) => {
      const pressure$ = new Subject<Pressure>();
      expectObservable(pressure$.pipe(map(short))).toBe('-----x----y', { x: 'high 0 -1 0ms', y: 'low 0 -1 0ms' });
      const result$ = hot('ab--c').pipe(expire(3, { pressureObserver: pressure$ }), dropOldest(9), slowly);
      expectObservable(result$).toBe('-----a----c');
    });
  });
});

describe('consume', () => {
  const inner$ = (value: string): Observable<string> => timer(5).pipe(map(() => value));

  it('works on the given number of items at the same time', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('(abcd|)').pipe(dropOldest(9), consume(inner$, { concurrency: 2 }))).toBe('-----(ab)-(cd|)');
    });
  });

  it('numbers the items that it works on, from 0', () => {
    marbles(({ hot, expectObservable }) => {
      const indexed = consume((value: string, index) => of(`${value}${index}`).pipe(delay(5)));
      expectObservable(hot('(abcd|)').pipe(dropOldest(1), indexed)).toBe('-----a----(b|)', { a: 'a0', b: 'd1' });
    });
  });

  it('emits the values of the work, and finishes an item when its work completes', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(
        hot('xy|').pipe(
          dropOldest(1),
          consume(() => cold('-a-b|')),
        ),
      ).toBe('-a-b-a-b|');
    });
  });

  it('errors with the work, and unsubscribes from the source', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('ab-');
      expectObservable(
        source$.pipe(
          dropOldest(1),
          consume(() => throwError(() => new Error('oops'))),
        ),
      ).toBe('#', undefined, new Error('oops'));
      expectSubscriptions(source$.subscriptions).toBe('(^!)');
    });
  });

  it('ends the work when it is unsubscribed', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const work$ = cold('---a');
      expectObservable(
        hot('a').pipe(
          dropOldest(1),
          consume(() => work$),
        ),
        '^-!',
      ).toBe('---');
      expectSubscriptions(work$.subscriptions).toBe('^-!');
    });
  });

  it('refuses an invalid concurrency', () => {
    for (const concurrency of [0, -1, 1.5, NaN])
      expect(() => consume(inner$, { concurrency })).toThrow('concurrency should be a whole');
  });

  it('refuses a source without a strategy', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('a');
      expectObservable(source$.pipe(slowly)).toBe(
        '#',
        undefined,
        expect.objectContaining({ _tag: 'NoStrategy', operator: 'consume' }),
      );
      expectSubscriptions(source$.subscriptions).toBe([]);
    });
  });

  it('completes with an empty source, never with one that never ends', () => {
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(dropOldest(1), slowly)).toBe('|');
      expectObservable(NEVER.pipe(dropOldest(1), slowly)).toBe('-');
    });
  });
});

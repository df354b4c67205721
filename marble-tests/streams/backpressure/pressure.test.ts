import { NEVER, Subject, delay, map, of, range } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { conflate, consume, dropNewest, dropOldest, expire, type Pressure } from '../../../streams/index.js';
import { marbles } from '../../marbles.js';

/** Work of 5 ms for each item. */
const slowly = consume((value: string) => of(value).pipe(delay(5)));

/** A pressure in short: what waits, what was given up, and for how long the oldest has waited. */
const short = ({ level, queued, dropped, oldestAge }: Pressure): string =>
  `${level} ${queued} -${dropped} ${oldestAge}ms`;

describe('the pressure of a strategy with a bound', () => {
  it('tells in between when it gives up the first, and each time that the number has doubled; when it is left, how many there were', () => {
    marbles(({ hot, expectObservable }) => {
      const pressure$ = new Subject<Pressure>();
      const told = ['high 2 -0 1ms', 'high 2 -1 1ms', 'high 2 -2 1ms', 'high 2 -4 1ms', 'high 2 -7 2ms'];
      expectObservable(pressure$.pipe(map(short))).toBe('--012-3---4', told);
      const stuck$ = hot('abcdefghij').pipe(
        dropOldest(2, { pressureObserver: pressure$ }),
        consume(() => NEVER),
      );
      expectObservable(stuck$, '^---------!').toBe('-');
    });
  });

  it('tells how many there were before it errors', () => {
    marbles(({ hot, expectObservable }) => {
      const pressure$ = new Subject<Pressure>();
      expectObservable(pressure$.pipe(map(({ dropped }) => dropped))).toBe('-abc-d', { a: 0, b: 1, c: 2, d: 3 });
      const stuck$ = hot('abcde#').pipe(
        dropNewest(1, { pressureObserver: pressure$ }),
        consume(() => NEVER),
      );
      expectObservable(stuck$).toBe('-----#');
    });
  });

  it('says little of much: 100,000 items for a consumer that is stuck are 18 reports and the last', () => {
    const told: number[] = [];
    const stuck = range(1, 100_000)
      .pipe(
        dropOldest(10, { pressureObserver: { next: ({ dropped }) => told.push(dropped) } }),
        consume(() => NEVER),
      )
      .subscribe();
    expect(told).toEqual([0, ...Array.from({ length: 17 }, (_, power) => 2 ** power)]);
    stuck.unsubscribe();
    expect(told.at(-1)).toBe(99_989);
    expect(told.length).toBe(19);
  });
});

describe('the pressure of conflate', () => {
  const key = ([first]: string): string | undefined => first;

  it('tells since when a key has had its place, though its value is new', () => {
    marbles(({ hot, expectObservable }) => {
      const pressure$ = new Subject<Pressure>();
      const values = { a: 'x1', b: 'y1', c: 'y2', d: 'y3', e: 'z1' };
      expectObservable(pressure$.pipe(map(short))).toBe('----x', { x: 'high 2 -2 3ms' });
      expectObservable(
        hot('abcde', values).pipe(
          conflate(key, { mark: 2, pressureObserver: pressure$ }),
          consume(() => NEVER),
        ),
      ).toBe('-');
    });
  });

  it('tells how many it has merged when it ends, though it was never at its mark', () => {
    marbles(({ hot, expectObservable }) => {
      const pressure$ = new Subject<Pressure>();
      expectObservable(pressure$.pipe(map(short))).toBe('----------x', { x: 'low 0 -2 0ms' });
      const values = { a: 'x1', b: 'y1', c: 'y2', d: 'y3' };
      expectObservable(hot('abcd|', values).pipe(conflate(key, { pressureObserver: pressure$ }), slowly)).toBe(
        '-----a----(d|)',
        values,
      );
    });
  });
});

describe('the pressure of expire', () => {
  it('is told again each time that twice as many are late, while anything waits', () => {
    marbles(({ hot, expectObservable }) => {
      const pressure$ = new Subject<Pressure>();
      expectObservable(pressure$.pipe(map(({ level, dropped }) => `${level} -${dropped}`))).toBe('-----x---yz', {
        x: 'high -1',
        y: 'high -4',
        z: 'low -4',
      });
      // b is late after a; d, e and f after c.
      const result$ = hot('abcdef---g').pipe(expire(3, { pressureObserver: pressure$ }), dropOldest(9), slowly);
      expectObservable(result$).toBe('-----a----c----g');
    });
  });
});

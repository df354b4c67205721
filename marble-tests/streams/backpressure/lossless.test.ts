import { NEVER, Observable, Subject, delay, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { consume, lossless, type Hold, type Pressure } from '../../../streams/index.js';
import { marbles } from '../../marbles.js';

const slowly = consume((value: string) => of(value).pipe(delay(5)));

/** A source that can, or can't, be made to wait: tells when it is. */
const holding = (canPause: boolean): readonly [Hold, Observable<string>] => {
  const told = new Subject<string>();
  const hold: Hold = (maxPause) =>
    new Observable<boolean>((subscriber) => {
      told.next(`hold ${maxPause}`);
      subscriber.next(canPause);
      return () => {
        told.next('go');
      };
    });
  return [hold, told];
};

describe('lossless', () => {
  it('makes the source wait from its upper mark down to its lower one', () => {
    marbles(({ hot, expectObservable }) => {
      const [hold, told$] = holding(true);
      expectObservable(told$).toBe('---h------g', { h: 'hold 100', g: 'go' });
      expectObservable(hot('abcd').pipe(lossless({ high: 3, low: 1, maxPause: 100, hold }), slowly)).toBe(
        '-----a----b----c----d',
      );
    });
  });

  it('reports its pressure, and whether the source is held', () => {
    marbles(({ hot, expectObservable }) => {
      const [hold] = holding(true);
      const pressure$ = new Subject<Pressure>();
      const a: Pressure = { level: 'high', queued: 3, dropped: 0, oldestAge: 2, paused: true };
      const b: Pressure = { level: 'low', queued: 1, dropped: 0, oldestAge: 7, paused: false };
      expectObservable(pressure$).toBe('---a------b', { a, b });
      expectObservable(hot('abcd').pipe(lossless({ high: 3, low: 1, hold, pressureObserver: pressure$ }), slowly)).toBe(
        '-----a----b----c----d',
      );
    });
  });

  it('accepts items up to its slack while the source is held, then errors and releases the source', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const [hold, told$] = holding(true);
      const source$ = hot('abcdefgh');
      expectObservable(told$).toBe('--h--g', { h: 'hold 10000', g: 'go' });
      expectObservable(
        source$.pipe(
          lossless({ high: 2, low: 1, slack: 2, hold }),
          consume(() => NEVER),
        ),
      ).toBe('-----#', undefined, expect.objectContaining({ _tag: 'Overflow', bound: 4, canPause: true }));
      expectSubscriptions(source$.subscriptions).toBe('^----!');
    });
  });

  it('says in its error that this source can not be held', () => {
    marbles(({ hot, expectObservable }) => {
      const error = (canPause: boolean): unknown =>
        expect.objectContaining({
          _tag: 'Overflow',
          canPause,
          message: expect.stringContaining('can’t be paused here') as string,
        });
      const [hold] = holding(false);
      expectObservable(
        hot('abcd').pipe(
          lossless({ high: 1, slack: 1, hold }),
          consume(() => NEVER),
        ),
      ).toBe('---#', undefined, error(false));
      expectObservable(
        hot('abcd').pipe(
          lossless({ high: 1, slack: 1 }),
          consume(() => NEVER),
        ),
      ).toBe('---#', undefined, error(false));
    });
  });

  it('releases the source when it is unsubscribed', () => {
    marbles(({ hot, expectObservable }) => {
      const [hold, told$] = holding(true);
      expectObservable(told$).toBe('--h-g', { h: 'hold 10000', g: 'go' });
      expectObservable(
        hot('abc').pipe(
          lossless({ high: 2, hold }),
          consume(() => NEVER),
        ),
        '^---!',
      ).toBe('---');
    });
  });

  it('errors with the reason if the source can not be held', () => {
    marbles(({ hot, expectObservable }) => {
      const hold: Hold = () => throwError(() => new Error('closed'));
      expectObservable(
        hot('ab').pipe(
          lossless({ high: 1, hold }),
          consume(() => NEVER),
        ),
      ).toBe('-#', undefined, new Error('closed'));
    });
  });

  it('refuses invalid marks', () => {
    expect(() => lossless({ high: 0 })).toThrow('high should be a whole number');
    expect(() => lossless({ high: 2, low: 2 })).toThrow('low should be from 0 on and less than high, 2, but is 2');
    expect(() => lossless({ high: 2, low: -1 })).toThrow('but is -1');
    expect(() => lossless({ high: 2, slack: NaN })).toThrow('slack should be a number of items');
    expect(() => lossless({ high: 2, maxPause: 0 })).toThrow('maxPause should be a number of ms above 0');
  });
});

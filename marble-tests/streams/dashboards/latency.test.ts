import fc from 'fast-check';
import { NEVER, Subject, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { latency, type Latency } from '../../../streams/index.js';
import { marbles } from '../../marbles.js';

const rounded = ({ p50, p90, p99, ...rest }: Latency): Latency => ({
  ...rest,
  p50: Math.round(p50),
  p90: Math.round(p90),
  p99: Math.round(p99),
});

describe('latency', () => {
  it('emits percentiles of all durations, and exact minimum, maximum and mean; zeros without durations', () => {
    marbles(({ hot, expectObservable }) => {
      const durations$ = hot('--a-b-c--', { a: 1, b: 2, c: 9 });
      const every$ = hot('-x------x');
      expectObservable(durations$.pipe(latency({ every$ }), map(rounded))).toBe('-n------l', {
        n: { count: 0, min: 0, max: 0, mean: 0, p50: 0, p90: 0, p99: 0 },
        l: { count: 3, min: 1, max: 9, mean: 4, p50: 2, p90: 9, p99: 9 },
      });
    });
  });

  it('ignores values that are no durations', () => {
    marbles(({ hot, expectObservable }) => {
      const durations$ = hot('abc', { a: -1, b: NaN, c: 5 });
      expectObservable(
        durations$.pipe(
          latency({ every$: hot('---x') }),
          map(({ count, max }) => [count, max]),
        ),
      ).toBe('---l', { l: [1, 5] });
    });
  });

  it('completes and errors with the source', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a--|', { a: 1 }).pipe(latency({ every$: NEVER }))).toBe('---|');
      expectObservable(cold('a--#', { a: 1 }).pipe(latency({ every$: NEVER }))).toBe('---#');
    });
  });

  it('is off by at most its accuracy, for any durations', () => {
    const durations = fc.array(
      fc.oneof(fc.constant(0), fc.double({ min: 1e-5, max: 1e11, noNaN: true }), fc.integer({ min: 0, max: 500 })),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(durations, fc.constantFrom(0.001, 0.01, 0.1), (all, accuracy) => {
        const durations$ = new Subject<number>();
        const every$ = new Subject<void>();
        let told: Latency | undefined;
        durations$.pipe(latency({ every$, accuracy })).subscribe((now) => {
          told = now;
        });
        for (const duration of all) durations$.next(duration);
        every$.next();
        const sorted = all.toSorted((a, b) => a - b);
        const truth = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
        for (const [part, found = -1] of [
          [0.5, told?.p50],
          [0.9, told?.p90],
          [0.99, told?.p99],
        ] as const) {
          expect(Math.abs(found - truth(part))).toBeLessThanOrEqual(truth(part) * accuracy * (1 + 1e-9));
        }
        expect(told).toMatchObject({ count: all.length, min: sorted[0], max: sorted.at(-1) });
      }),
    );
  });

  it('has a bounded number of buckets, for any durations', () => {
    const powers = new Set<number>();
    for (let duration = 1e-6; duration < 1e15; duration *= 1.005)
      powers.add(Math.ceil(Math.log(Math.min(duration, 1e12)) / Math.log(1.01 / 0.99)));
    expect(powers.size).toBeLessThan(2_100);
    marbles(({ hot, expectObservable }) => {
      expectObservable(
        hot('a', { a: 1e300 }).pipe(
          latency({ every$: hot('-x') }),
          map(({ p50, max }) => [p50 > 0.9e12, max]),
        ),
      ).toBe('-l', { l: [true, 1e300] });
    });
  });

  it('refuses an invalid accuracy', () => {
    for (const accuracy of [0, 1, NaN]) expect(() => latency({ every$: NEVER, accuracy })).toThrow(RangeError);
  });
});

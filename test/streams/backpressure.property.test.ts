/**
 * Compares every strategy with a naive model: the items that are kept, their order, the number of dropped items, and
 * the bound.
 */
import fc from 'fast-check';
import { Observable, Subject, pipe, type MonoTypeOperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  batch,
  conflate,
  consume,
  dropByPriority,
  dropNewest,
  dropOldest,
  expire,
  lossless,
  type Pressure,
} from '../../streams/index.js';

interface Value {
  readonly id: number;
  readonly rank: number;
  readonly key: string;
}

type Step =
  | { readonly _tag: 'come'; readonly rank: number; readonly key: string }
  | { readonly _tag: 'take' }
  | { readonly _tag: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant('come' as const),
      rank: fc.integer({ min: 0, max: 4 }),
      key: fc.constantFrom('a', 'b', 'c', '__proto__'),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ _tag: 'take' }) },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 9 }) }) },
);

interface Waiting extends Value {
  readonly at: number;
}

/** A strategy in its simplest form: the queue after a value has arrived. */
type Model = (queue: readonly Waiting[], value: Waiting) => readonly Waiting[];

const lowest = (queue: readonly Waiting[]): Waiting | undefined =>
  queue.toSorted((a, b) => a.rank - b.rank || a.id - b.id)[0];

const BOUND = 3;
const MAX_AGE = 12;

const over = (
  queue: readonly Waiting[],
  select: (queue: readonly Waiting[]) => Waiting | undefined,
): readonly Waiting[] => {
  const gone = queue.length > BOUND ? select(queue) : undefined;
  return gone === undefined ? queue : queue.filter((each) => each !== gone);
};

interface Case {
  readonly strategy: (observer: Pick<Subject<Pressure>, 'next'>, now: () => number) => MonoTypeOperatorFunction<Value>;
  readonly come: Model;
  readonly maxAge?: number;
}

const cases: Readonly<Record<string, Case>> = {
  dropOldest: {
    strategy: (pressureObserver) => dropOldest(BOUND, { pressureObserver }),
    come: (queue, value) => over([...queue, value], ([first]) => first),
  },
  dropNewest: {
    strategy: (pressureObserver) => dropNewest(BOUND, { pressureObserver }),
    come: (queue, value) => over([...queue, value], (all) => all.at(-1)),
  },
  dropByPriority: {
    strategy: (pressureObserver) => dropByPriority(BOUND, ({ rank }) => rank, { pressureObserver }),
    come: (queue, value) => over([...queue, value], lowest),
  },
  conflate: {
    strategy: (pressureObserver) => conflate(({ key }) => key, { mark: 1, pressureObserver }),
    come: (queue, value) =>
      queue.some(({ key }) => key === value.key)
        ? queue.map((each) => (each.key === value.key ? value : each))
        : [...queue, value],
  },
  lossless: { strategy: () => lossless({ high: BOUND, slack: 1_000 }), come: (queue, value) => [...queue, value] },
  'expire and dropByPriority': {
    strategy: (_, now) =>
      pipe(
        expire<Value>(MAX_AGE, { now }),
        dropByPriority(BOUND, ({ rank }) => rank),
      ),
    // Items that are too old are dropped first, if they are at the head.
    come: (queue, value) => {
      const fresh = queue.findIndex(({ at }) => value.at - at <= MAX_AGE);
      return over([...(fresh < 0 ? [] : queue.slice(fresh)), value], lowest);
    },
    maxAge: MAX_AGE,
  },
};

describe.each(Object.entries(cases))('%s', (_, { strategy, come, maxAge = Infinity }) => {
  it('keeps the items that the model keeps, in order; kept and dropped items together are all items', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let time = 1_000;
        const source = new Subject<Value>();
        const pressures: Pressure[] = [];
        const observer = { next: (pressure: Pressure) => void pressures.push(pressure) };
        const kept: number[] = [];
        /** Ends the current work. */
        let done = (): void => undefined;
        const work = (value: Value): Observable<never> =>
          new Observable((subscriber) => {
            kept.push(value.id);
            done = () => {
              subscriber.complete();
            };
          });
        source
          .pipe(
            strategy(observer, () => time),
            consume(work),
          )
          .subscribe();

        let queue: readonly Waiting[] = [];
        const expected: number[] = [];
        let isBusy = false as boolean;
        const takeOne = (): void => {
          queue = queue.slice(
            Math.max(
              0,
              queue.findIndex(({ at }) => time - at <= maxAge),
            ),
          );
          const [first] = queue;
          isBusy = first !== undefined && time - first.at <= maxAge;
          if (first !== undefined && isBusy) expected.push(first.id);
          queue = isBusy ? queue.slice(1) : [];
        };
        let came = 0;
        for (const each of steps) {
          if (each._tag === 'wait') time += each.ms;
          else if (each._tag === 'come') {
            const value = { id: came, rank: each.rank, key: each.key, at: time };
            came += 1;
            queue = come(queue, value);
            if (!isBusy) takeOne();
            source.next(value);
          } else {
            if (isBusy) takeOne();
            done();
          }
        }
        expect(kept).toEqual(expected);
        if (maxAge !== Infinity) return;
        // At rest, all dropped items have been reported.
        source.complete();
        while (isBusy) {
          takeOne();
          done();
        }
        expect(kept).toEqual(expected);
        expect((pressures.at(-1)?.dropped ?? 0) + kept.length).toBe(came);
        // The marks are reported alternately. Reports in between say that more items were dropped: twice as many, or
        // all at the end.
        let [level, dropped]: [Pressure['level'], number] = ['low', 0];
        for (const [index, told] of pressures.entries()) {
          const isTold = told.level !== level || (level === 'high' && told.dropped >= Math.max(1, 2 * dropped));
          expect(isTold || (index === pressures.length - 1 && told.dropped > dropped)).toBe(true);
          ({ level, dropped } = told);
        }
      }),
    );
  });
});

describe('batch', () => {
  it('keeps all items, in order, in arrays no longer than its bound', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, max) => {
        const source = new Subject<number>();
        const ready = new Subject<void>();
        const arrays: (readonly number[])[] = [];
        source.pipe(batch({ max, ready$: ready })).subscribe((array) => arrays.push(array));
        let came = 0;
        for (const comes of steps) {
          if (comes) source.next(came++);
          else ready.next();
        }
        source.complete();
        expect(arrays.flat()).toEqual(Array.from({ length: came }, (_, index) => index));
        for (const array of arrays) {
          expect(array.length).toBeGreaterThan(0);
          expect(array.length).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  it('with a rank, takes the same items as a model: highest rank first, then oldest, each array in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: 0, max: 3 })), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        (steps, max) => {
          const source = new Subject<{ readonly id: number; readonly rank: number }>();
          const ready = new Subject<void>();
          const arrays: (readonly number[])[] = [];
          source
            .pipe(dropOldest(100), batch({ max, ready$: ready, rank: ({ rank }) => rank }))
            .subscribe((array) => arrays.push(array.map(({ id }) => id)));
          let waiting: readonly { readonly id: number; readonly rank: number }[] = [];
          const expected: (readonly number[])[] = [];
          for (const [id, rank] of steps.entries()) {
            if (rank === null) {
              const taken = waiting
                .toSorted((a, b) => b.rank - a.rank || a.id - b.id)
                .slice(0, max)
                .map((each) => each.id);
              waiting = waiting.filter((each) => !taken.includes(each.id));
              if (taken.length > 0) expected.push(taken.toSorted((a, b) => a - b));
              ready.next();
            } else {
              waiting = [...waiting, { id, rank }];
              source.next({ id, rank });
            }
          }
          expect(arrays).toEqual(expected);
        },
      ),
    );
  });
});

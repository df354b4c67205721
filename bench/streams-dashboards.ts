/** Operators for dashboards, each compared with RxJS alone. */
import { Subject, buffer, exhaustMap, map, of, sample, scan, type Observable, type OperatorFunction } from 'rxjs';
import { latency, presenceByPolling, rate, top } from 'rx-realtime/streams';
import { ITEMS, pushing, range, type Contender, type Contest } from './streams-contest.js';

/** Figures are emitted after this many items. */
const EVERY = 500;
const KEYS = 100;
const TOLD = 10;

const keys = range(KEYS).map((index) => `key-${index}`);
const items = range(ITEMS).map((id) => keys[id % KEYS] ?? '');
const durations = range(ITEMS).map((id) => 1 + (id % KEYS));
const tellings = range(ITEMS / EVERY).map((index) => (index + 1) * EVERY);

const told = <T, R>(
  pushed: readonly T[],
  every: number,
  expects: readonly number[],
  operator: (every$: Observable<void>) => OperatorFunction<T, R>,
  read: (result: R) => number,
): Contender =>
  pushing({
    items: pushed,
    every,
    expects,
    open: (source$, take) => {
      const tick = new Subject<void>();
      source$.pipe(operator(tick)).subscribe((result) => take(read(result)));
      return { tick: () => tick.next() };
    },
  });

const sumOf = (counts: Iterable<number>): number => {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
};

const counting =
  (every$: Observable<void>): OperatorFunction<string, ReadonlyMap<string, number>> =>
  (source$) =>
    source$.pipe(
      scan((counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1), new Map<string, number>()),
      sample(every$),
      map((counts) => new Map(counts)),
    );

const START = Date.now();
/** Reads the clock, as an operator does. It never goes past the start, so that rates can be checked. */
const now = (): number => Math.min(Date.now(), START);

/** Number of watched clients. Each query asks for all of them, and each answer differs from the one before. */
const WATCHED = 100;
const QUESTIONS = 200;
const watched = range(WATCHED).map((index) => `client-${index}`);
const answers: readonly ReadonlySet<string>[] = [
  new Set(watched.slice(0, WATCHED / 2)),
  new Set(watched.slice(WATCHED / 4)),
];
const sizes = range(QUESTIONS).map((index) => (answers[index % 2] ?? new Set()).size);

const asking = (): (() => Observable<ReadonlySet<string>>) => {
  let questions = 0;
  return () => {
    questions += 1;
    return of(answers[(questions + 1) % 2] ?? new Set<string>());
  };
};

const online = (known: ReadonlyMap<string, boolean>): number => {
  let count = 0;
  for (const is of known.values()) if (is) count += 1;
  return count;
};

export const dashboards: readonly Contest[] = [
  {
    name: `rate, ${KEYS} keys`,
    ours: told(
      items,
      EVERY,
      tellings,
      (every$) => rate({ key: (key: string) => key, every$, now }),
      // The shortest measurable time is 1 ms.
      (rates) => sumOf(rates.values()) / 1_000,
    ),
    peer: told(items, EVERY, tellings, counting, (counts) => sumOf(counts.values())),
    beside: 'scan into a Map, sample',
    lacks: 'a window, a bound of keys',
  },
  {
    name: `top, ${KEYS} keys`,
    ours: told(
      items,
      EVERY,
      tellings.map((count) => (count / KEYS) * TOLD),
      (every$) => top({ key: (key: string) => key, every$, count: TOLD }),
      (entries) => sumOf(entries.map(({ count }) => count)),
    ),
    peer: told(
      items,
      EVERY,
      tellings.map((count) => (count / KEYS) * TOLD),
      (every$) => (source$) =>
        source$.pipe(
          counting(every$),
          map((counts) => [...counts].sort(([, a], [, b]) => b - a).slice(0, TOLD)),
        ),
      (entries) => sumOf(entries.map(([, count]) => count)),
    ),
    beside: 'scan into a Map, sample, sort',
    lacks: 'a bound of keys',
  },
  {
    name: 'latency',
    ours: told(
      durations,
      EVERY,
      tellings,
      (every$) => latency({ every$ }),
      ({ count, max }) => (max === KEYS ? count : -1),
    ),
    peer: told(
      durations,
      EVERY,
      tellings.map(() => EVERY),
      (every$) => (source$) =>
        source$.pipe(
          buffer(every$),
          map((some) => some.sort((a, b) => a - b)),
          map((sorted) => ({
            count: sorted.length,
            parts: [0.5, 0.9, 0.99, 1].map((part) => sorted[Math.ceil(part * sorted.length) - 1] ?? 0),
          })),
        ),
      ({ count, parts }) => (parts.at(-1) === KEYS ? count : -1),
    ),
    beside: 'buffer, sort',
    lacks: 'a bound, what was before the last telling',
  },
  {
    name: `presenceByPolling, ${WATCHED} clients`,
    items: QUESTIONS * WATCHED,
    ours: pushing({
      items: range(QUESTIONS - 1),
      // Nothing is known at first, and the first query is sent at once.
      expects: [0, ...sizes],
      open: (every$, take) => {
        of(watched)
          .pipe(presenceByPolling({ ask: asking(), every$, batch: WATCHED }))
          .subscribe((known) => take(online(known)));
        return undefined;
      },
    }),
    peer: pushing({
      items: range(QUESTIONS - 1),
      expects: sizes.slice(0, -1),
      open: (every$, take) => {
        every$.pipe(exhaustMap(asking())).subscribe(({ size }) => take(size));
        return undefined;
      },
    }),
    beside: 'exhaustMap',
    lacks: 'who is not online, who is new, twice the same, errors',
  },
];

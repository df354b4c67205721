/** Queues of different lengths. */
import {
  type Observable,
  Subject,
  concat,
  concatMap,
  of,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
} from 'rxjs';
import {
  batch,
  concatMapByKey,
  conflate,
  consume,
  dropByPriority,
  dropNewest,
  dropOldest,
  expire,
  lossless,
} from 'rx-realtime/streams';
import { FEWER, type Growing, type Steady } from './streams-growth.js';

interface Item {
  readonly id: number;
  readonly key: number;
  readonly rank: number;
}

type Step = MonoTypeOperatorFunction<Item>;
type Work = (item: Item) => Observable<Item>;

/** Number of items that are taken at a time. */
const BATCH = 100;
const HOUR = 3_600_000;
/** Two coprime numbers: they give ranks without an order and without repetition. */
const [SPREAD, PRIME] = [7_919, 1_000_003];

/** Makes items one after the other, with this many keys. */
const makeItems = (keys: number): (() => Item) => {
  let id = -1;
  return () => {
    id += 1;
    return { id, key: id % keys, rank: (id * SPREAD) % PRIME };
  };
};

/** A full queue with a busy consumer. */
const fullOf =
  (strategy: (size: number) => Step) =>
  (size: number): Steady => {
    const source = new Subject<Item>();
    const busy = new Subject<never>();
    const next = makeItems(size);
    let taken = 0;
    source
      .pipe(
        strategy(size),
        consume((item, index) => (index === 0 ? concat(busy, of(item)) : of(item))),
      )
      .subscribe(() => {
        taken += 1;
      });
    const step = (): void => source.next(next());
    for (let left = size + 1; left > 0; left -= 1) step();
    return {
      step,
      kept: () => {
        busy.complete();
        // The consumer's own item was not waiting.
        return taken - 1;
      },
    };
  };

/** A queue that gives one item for each item that comes. */
const passing =
  (operator: (work: Work, size: number) => OperatorFunction<Item, Item>) =>
  (size: number): Steady => {
    const source = new Subject<Item>();
    const next = makeItems(size);
    let busy: Subject<never> | undefined;
    let [pushed, taken] = [0, 0];
    const work = (item: Item): Observable<Item> => {
      busy = new Subject<never>();
      return concat(busy, of(item));
    };
    source.pipe(operator(work, size)).subscribe(() => {
      taken += 1;
    });
    const push = (): void => {
      pushed += 1;
      source.next(next());
    };
    for (let left = size + 1; left > 0; left -= 1) push();
    return {
      step: () => {
        busy?.complete();
        push();
      },
      kept: () => pushed - taken - 1,
    };
  };

export const queues: readonly Growing[] = [
  { name: 'dropOldest', claim: 'O(1)', full: fullOf((size) => dropOldest(size)) },
  { name: 'dropNewest', claim: 'O(1)', full: fullOf((size) => dropNewest(size)) },
  {
    name: 'dropByPriority, 3 ranks',
    claim: 'O(log ranks)',
    full: fullOf((size) => dropByPriority(size, ({ rank }) => rank % 3)),
  },
  {
    name: 'dropByPriority, all ranks differ',
    claim: 'O(log ranks)',
    steps: 500,
    full: fullOf((size) => dropByPriority(size, ({ rank }) => rank)),
  },
  { name: 'conflate, all keys wait', claim: 'O(1)', full: fullOf(() => conflate(({ key }) => key)) },
  {
    name: 'expire, dropOldest',
    claim: 'O(1)',
    full: fullOf((size) => (source$) => source$.pipe(expire(HOUR), dropOldest(size))),
  },
  {
    name: 'lossless, one out for one in',
    claim: 'O(1)',
    steps: FEWER,
    full: passing((work, size) => (source$) => source$.pipe(lossless({ high: size }), consume(work))),
  },
  { name: '(RxJS) concatMap, one out for one in', claim: '-', steps: 500, full: passing((work) => concatMap(work)) },
  {
    name: 'concatMapByKey, one out for one in',
    claim: '-',
    steps: FEWER,
    full: passing((work) =>
      concatMapByKey(
        () => 'one',
        (item) => ({ later: work(item) }),
      ),
    ),
  },
  {
    name: 'dropOldest, batch({ ready$ })',
    claim: 'O(1)',
    items: BATCH,
    steps: 200,
    full: (size: number): Steady => {
      const source = new Subject<Item>();
      const ready = new Subject<void>();
      const next = makeItems(size);
      let [pushed, taken] = [0, 0];
      source.pipe(dropOldest(size), batch({ max: BATCH, ready$: ready })).subscribe((items) => {
        taken += items.length;
      });
      const push = (count: number): void => {
        pushed += count;
        for (let left = count; left > 0; left -= 1) source.next(next());
      };
      push(size);
      return {
        step: () => {
          ready.next();
          push(BATCH);
        },
        kept: () => pushed - taken,
      };
    },
  },
];

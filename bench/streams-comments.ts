/** Comments that go through strategies, and consumers of different speeds: fast, slow, or ready at intervals. */
import { Subject, concat, of, type MonoTypeOperatorFunction, type Observable, type OperatorFunction } from 'rxjs';
import { EVERY, ITEMS, idsFrom, pushing, range, type Contender } from './streams-contest.js';

/** Largest number of items that wait. */
export const BOUND = 1_000;
const KEYS = 100;
const RANKS = 3;
/**
 * Numbers of comments: `SCREEN` wait for a screen, `BURST` come between two screens if there are too many, and `ROOM`
 * fit on a screen that has no room for all.
 */
export const SCREEN = 200;
export const BURST = 500;
export const ROOM = 50;

export interface Comment {
  readonly id: number;
  readonly key: string;
  readonly rank: number;
  readonly at: number;
}

export type Step = MonoTypeOperatorFunction<Comment>;
export type Work = (item: Comment, index: number) => Observable<Comment>;

const comment = (id: number): Comment => ({ id, key: `key-${id % KEYS}`, rank: id % RANKS, at: Date.now() });

export const items = range(ITEMS).map(comment);
/** Fills the queue before a slow consumer is measured, with one more item that keeps the consumer busy. */
export const fill = range(BOUND + 1).map((index) => comment(ITEMS + index));
export const first = fill.slice(0, 1);
export const others = [...fill.slice(1), ...items];

export const chunks = (size: number): readonly (readonly Comment[])[] =>
  range(Math.ceil(items.length / size)).map((index) => items.slice(index * size, (index + 1) * size));

/** The comments of the highest rank, of these the newest, in the order in which they came. */
export const highest = (comments: readonly Comment[], bound: number): readonly Comment[] => {
  const ranked = comments
    .map((item, index) => ({ item, index }))
    .sort((a, b) => b.item.rank - a.item.rank || b.index - a.index);
  return ranked
    .slice(0, bound)
    .sort((a, b) => a.index - b.index)
    .map(({ item }) => item);
};

/** The comments on screens with little room: those of the highest rank, of these the oldest. The others wait. */
export const shown = (): readonly Comment[] => {
  let waiting: readonly Comment[] = [];
  return chunks(BURST).flatMap((some) => {
    waiting = highest([...waiting, ...some], SCREEN);
    const screen = new Set(waiting.toSorted((a, b) => b.rank - a.rank).slice(0, ROOM));
    const onIt = waiting.filter((item) => screen.has(item));
    waiting = waiting.filter((item) => !screen.has(item));
    return onIt;
  });
};

export const byKey = (comments: readonly Comment[]): readonly Comment[] => [
  ...new Map(comments.map((item) => [item.key, item])).values(),
];

/** A consumer that finishes each item at once, so nothing ever waits. */
export const fast = (operator: (work: Work) => Step, expects: readonly Comment[] = items): Contender =>
  pushing({
    items,
    expects: idsFrom(expects),
    open: (source$, take) => {
      source$.pipe(operator((item) => of(item))).subscribe(({ id }) => take(id));
      return undefined;
    },
  });

/**
 * A consumer that is busy with its first item until all items have come. Then it finishes each item when it is
 * released.
 */
export const slow = (operator: (work: Work) => Step, expects: readonly Comment[]): Contender =>
  pushing({
    items,
    fill,
    expects: idsFrom([...first, ...expects]),
    open: (source$, take) => {
      let busy: Subject<never> | undefined;
      const work: Work = (item) => {
        busy = new Subject<never>();
        return concat(busy, of(item));
      };
      source$.pipe(operator(work)).subscribe(({ id }) => take(id));
      return {
        // Releases the items one after the other: RxJS's own queue overflows the stack if waiting work finishes
        // synchronously.
        release: () => {
          for (let done = busy; done !== undefined; done = busy) {
            busy = undefined;
            done.complete();
          }
        },
      };
    },
  });

/** Compares with a part of RxJS that keeps items and has no consumer; the kept items are read at the end. */
export const kept = (
  open: (source$: Observable<Comment>) => () => Iterable<Comment>,
  expects: readonly Comment[],
): Contender =>
  pushing({
    items,
    fill,
    expects: idsFrom(expects),
    open: (source$, take) => {
      const read = open(source$);
      return {
        release: () => {
          for (const { id } of read()) take(id);
        },
      };
    },
  });

/** A consumer that says when it is ready. */
export const ticked = (
  operator: (ready$: Observable<void>) => OperatorFunction<Comment, readonly Comment[]>,
  expects: readonly Comment[] = items,
  every = EVERY,
): Contender =>
  pushing({
    items,
    every,
    expects: idsFrom(expects),
    open: (source$, take) => {
      const ready = new Subject<void>();
      source$.pipe(operator(ready)).subscribe((comments) => {
        for (const { id } of comments) take(id);
      });
      return { tick: () => ready.next() };
    },
  });

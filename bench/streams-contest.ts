/** Runs pipelines against each other, checks their output, and measures the cost of an item. */
import { Observable, Subject, type OperatorFunction } from 'rxjs';
import { median } from './rounds.js';

/** Number of items that go through a pipeline at a time, unless it sets another number. */
export const ITEMS = 10_000;
/** A consumer that says when it is ready does so after this many items. */
export const EVERY = 16;
const WARM_UP = 4;
export const ROUNDS = 11;

/** A subscribed pipeline. */
interface Run {
  /** The work that is timed. */
  readonly feed: () => void | Promise<void>;
  /** The checksum of the output. */
  readonly result: () => number;
}

export interface Contender {
  readonly begin: () => Run;
  /** The checksum of the expected output. */
  readonly expects: number;
}

/** An operator, compared with a pipeline of RxJS alone that does less. */
export interface Contest {
  readonly name: string;
  readonly ours: Contender;
  readonly peer: Contender;
  /** The operators of the RxJS pipeline. */
  readonly beside: string;
  /** What the RxJS pipeline does not do. */
  readonly lacks: string;
  /** The number of items by which the time is divided. Default: `ITEMS`. */
  readonly items?: number;
}

/** Receives the ids of the output in order. */
type Take = (id: number) => void;

/** Adds an id to a checksum. The order of the ids changes the checksum, too. */
const withNext = (checksum: number, id: number): number => (Math.imul(checksum, 31) + id) | 0;

const checksumOf = (ids: readonly number[]): number => ids.reduce(withNext, 0);

export const idsFrom = (items: readonly { readonly id: number }[]): readonly number[] => items.map(({ id }) => id);

/** Counts up: 0, 1, 2. */
export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

interface Opened {
  /** Called after every `every` items. */
  readonly tick?: () => void;
  /** Called at the end, not timed: slow consumers go on. */
  readonly release?: () => void;
}

export interface Pushing<T> {
  readonly items: readonly T[];
  /** Items that are pushed before the measurement, not timed. */
  readonly fill?: readonly T[];
  readonly every?: number;
  /** The ids of the expected output. */
  readonly expects: readonly number[];
  /** Subscribes to the pipeline. */
  readonly open: (source$: Observable<T>, take: Take) => Opened | undefined;
}

/** Pushes items one after the other. */
export const pushing = <T>({ items, fill = [], every = EVERY, expects, open }: Pushing<T>): Contender => ({
  expects: checksumOf(expects),
  begin: () => {
    const source = new Subject<T>();
    let checksum = 0;
    const opened = open(source, (id) => {
      checksum = withNext(checksum, id);
    });
    for (const item of fill) source.next(item);
    const { tick, release } = opened ?? {};
    const feed = (): void => {
      for (const item of items) source.next(item);
    };
    const feedAndTick = (): void => {
      let left = every;
      for (const item of items) {
        source.next(item);
        left -= 1;
        if (left > 0) continue;
        left = every;
        tick?.();
      }
    };
    return {
      feed: tick === undefined ? feed : feedAndTick,
      result: () => {
        release?.();
        return checksum;
      },
    };
  },
});

/** Pushes items through an operator to a subscriber that reads a number. */
export const through = <T, R>(
  pushed: Pick<Pushing<T>, 'items' | 'fill' | 'expects'>,
  operator: OperatorFunction<T, R>,
  read: (result: R) => number,
): Contender =>
  pushing({
    ...pushed,
    open: (source$, take) => {
      source$.pipe(operator).subscribe((result) => take(read(result)));
      return undefined;
    },
  });

/** Pushes `every` items at a time, when the earlier ones have come out. `drain` resolves when all have come out. */
export const drained = <T>({
  items,
  every = EVERY,
  expects,
  drain,
}: Pick<Pushing<T>, 'items' | 'every' | 'expects'> & {
  readonly drain: (source$: Observable<T>, take: Take) => Promise<unknown>;
}): Contender => ({
  expects: checksumOf(expects),
  begin: () => {
    const source = new Subject<T>();
    let checksum = 0;
    let pushed = 0;
    let taken = 0;
    const more = (): void => {
      const some = items.slice(pushed, pushed + every);
      pushed += some.length;
      for (const item of some) source.next(item);
    };
    const source$ = new Observable<T>((subscriber) => {
      subscriber.add(source.subscribe(subscriber));
      queueMicrotask(more);
    });
    return {
      feed: async () => {
        await drain(source$, (id) => {
          checksum = withNext(checksum, id);
          taken += 1;
          if (taken === items.length) source.complete();
          else if (taken === pushed) more();
        });
      },
      result: () => checksum,
    };
  },
});

/** Nanoseconds per item. */
interface Outcome {
  readonly ours: number;
  readonly peer: number;
}

const timeOf = async ({ name, begin, expects }: Contender & { readonly name: string }): Promise<number> => {
  const { feed, result } = begin();
  // A full collection would throw compiled code away, and everything that it was optimised for.
  globalThis.gc?.({ type: 'minor' });
  const start = performance.now();
  await feed();
  const elapsed = performance.now() - start;
  if (result() !== expects) throw new Error(`what came out of ${name} is not what should have`);
  return elapsed;
};

/** Runs the rounds of one contest; the two pipelines alternate in starting. Nanoseconds per item. */
const compare = async ({ name, beside, ours, peer, items = ITEMS }: Contest, rounds: number): Promise<Outcome> => {
  const times = { ours: [] as number[], peer: [] as number[] };
  const contenders = { ours: { name, ...ours }, peer: { name: `${beside}, beside ${name},`, ...peer } };
  for (let round = 0; round < rounds; round += 1) {
    for (const who of round % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const)) {
      times[who].push(((await timeOf(contenders[who])) * 1e6) / items);
    }
  }
  return { ours: median(times.ours), peer: median(times.peer) };
};

/**
 * Runs all pipelines before any is measured, so that each uses an RxJS that is optimised for many uses, as in an
 * application.
 */
export const contend = async (contests: readonly Contest[]): Promise<ReadonlyMap<Contest, Outcome>> => {
  for (const contest of contests) await compare(contest, WARM_UP);
  const outcomes = new Map<Contest, Outcome>();
  for (const contest of contests) {
    await compare(contest, WARM_UP);
    outcomes.set(contest, await compare(contest, ROUNDS));
  }
  return outcomes;
};

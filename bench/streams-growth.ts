/** Measures whether an item costs more if more items wait or are kept. */
import { median } from './rounds.js';

const SMALL = 100;
const LARGE = 100_000;
/** Many steps: garbage is collected in between, and that is part of an item's cost. */
const STEPS = 20_000;
/** Number of steps if one step takes microseconds. */
export const FEWER = 5_000;
const WARM_UP = 4;
const ROUNDS = 11;

/** A pipeline that is as full after a step as before it. */
export interface Steady {
  /** Processes one more item. */
  readonly step: () => void;
  /**
   * The number of items that wait or are kept. It is read at the end: if it is not the expected number, the pipeline
   * has no bound or loses items.
   */
  readonly kept: () => number;
}

export interface Growing {
  readonly name: string;
  /** The cost according to the documentation or to RxJS's code. */
  readonly claim: string;
  readonly full: (size: number) => Steady;
  /** For pipelines that are slow to fill. Default: `LARGE`. */
  readonly large?: number;
  /** For pipelines with slow steps. Default: `STEPS`. */
  readonly steps?: number;
  /** Number of items in a step. Default 1. */
  readonly items?: number;
}

export interface Growth {
  readonly large: number;
  /** Nanoseconds per item. */
  readonly smallNs: number;
  readonly largeNs: number;
  /** Bytes of the heap for each item that waits or is kept, if the collector can be called. */
  readonly bytes?: number;
}

const timeOf = ({ step }: Steady, steps: number): number => {
  globalThis.gc?.({ type: 'minor' });
  const start = performance.now();
  for (let index = 0; index < steps; index += 1) step();
  return ((performance.now() - start) * 1e6) / steps;
};

const heapNow = (): number | undefined => {
  globalThis.gc?.();
  return globalThis.gc === undefined ? undefined : process.memoryUsage().heapUsed;
};

const measured = ({ name, full, large = LARGE, steps = STEPS, items = 1 }: Growing): Growth => {
  const few = full(SMALL);
  // The warm-up runs before the large pipeline is filled. If so many items came first, V8 would learn that the
  // objects of an item live long.
  for (let round = 0; round < WARM_UP; round += 1) timeOf(few, steps);
  const before = heapNow();
  const many = full(large);
  const after = heapNow();
  const sizes = [
    { size: SMALL, steady: few, times: [] as number[] },
    { size: large, steady: many, times: [] as number[] },
  ];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const { steady, times } of sizes) {
      const time = timeOf(steady, steps) / items;
      if (round >= 0) times.push(time);
    }
  }
  for (const { size, steady } of sizes) {
    const kept = steady.kept();
    if (kept !== size) throw new Error(`${name} should have kept ${size}, but has kept ${kept}`);
  }
  const [smallNs = NaN, largeNs = NaN] = sizes.map(({ times }) => median(times));
  return {
    large,
    smallNs,
    largeNs,
    ...(before === undefined || after === undefined ? {} : { bytes: (after - before) / large }),
  };
};

/** Measures small and large pipelines in turn. */
export const grow = (all: readonly Growing[]): ReadonlyMap<Growing, Growth> =>
  new Map(all.map((growing) => [growing, measured(growing)]));

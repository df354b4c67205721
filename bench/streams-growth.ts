/** Whether an item costs more where more waits, or is kept. */
import { median } from './rounds.js';

const SMALL = 100;
const LARGE = 100_000;
/** Many: garbage is collected in between, and that is part of what an item costs. */
const STEPS = 20_000;
/** Where a step costs microseconds. */
export const FEWER = 5_000;
const WARM_UP = 4;
const ROUNDS = 11;

/** A pipeline that is as full at the end of a step as it was before. */
export interface Steady {
  /** One item more. */
  readonly step: () => void;
  /** What waits, or is kept: as much as was asked for, or there is no bound, or something is lost. Asked at the end. */
  readonly kept: () => number;
}

export interface Growing {
  readonly name: string;
  /** What is said of the cost: by its documentation, or by RxJS's code. */
  readonly claim: string;
  readonly full: (size: number) => Steady;
  /** Where filling is slow. Default: `LARGE`. */
  readonly large?: number;
  /** Where a step is slow. Default: `STEPS`. */
  readonly steps?: number;
  /** So many items are a step. Default 1. */
  readonly items?: number;
}

export interface Growth {
  readonly large: number;
  /** Nanoseconds for an item. */
  readonly smallNs: number;
  readonly largeNs: number;
  /** Heap for each that waits or is kept, where there is a collector to ask. */
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
  // Before the large one is filled: from so many at once V8 would learn that what an item makes lives long.
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

/** Small and large in turns. */
export const grow = (all: readonly Growing[]): ReadonlyMap<Growing, Growth> =>
  new Map(all.map((growing) => [growing, measured(growing)]));

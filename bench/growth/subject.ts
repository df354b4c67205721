/** What the growth suite measures. */

/** The work of one measurement. */
export interface Work {
  /** Does the work for all items. Only its CPU time is measured. */
  readonly run: () => unknown;
  /** Frees what was prepared. */
  readonly end?: () => unknown;
}

/** Something whose total cost must not grow faster than n log n. */
export interface Subject {
  readonly name: string;
  /**
   * The public names that it measures: `streams.keyedState`, `client.unread$`, `store.append`, `handler.direct`. Each
   * stream, command, operator and handler has to be in one of these lists, or in `covered.ts`.
   */
  readonly covers: readonly string[];
  /** Numbers of items. Default 100, 1,000 and 10,000. Fewer where the documentation has a lower bound. */
  readonly sizes?: readonly number[];
  /** An item takes more than some 20 microseconds: small sizes are not measured as often. Default false. */
  readonly isSlow?: boolean;
  /** Prepares work with so many items. */
  readonly prepare: (size: number) => Work | Promise<Work>;
}

export const SIZES: readonly number[] = [100, 1_000, 10_000];

/** The numbers from 0 on. */
export const times = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

import type { Observable, OperatorFunction } from 'rxjs';
import { gathered } from './gathered.js';

export interface LatencyOptions {
  /** Emits when a report is due. */
  readonly every$: Observable<unknown>;
  /** The maximum relative error of a percentile. Default 0.01. */
  readonly accuracy?: number;
}

/**
 * A summary of durations, in the unit of the source. Percentiles are within `accuracy` of the true ones, the other
 * values are exact. All values are 0 if there were no items.
 */
export interface Latency {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Shorter durations count as 0, longer ones as this maximum. So the memory is bounded for any input. */
const SHORTEST = 1e-6;
const LONGEST = 1e12;

/**
 * Percentiles of a stream of durations, from the subscription on: a histogram whose buckets grow by a factor, as in
 * DDSketch (Masson, Rim, Lee 2019). So the error is a fraction of the value. For the last minute, subscribe again
 * each minute.
 *
 * Keeps at most 2,100 numbers at an accuracy of 1 %, and no items. Each item costs O(1), each emission O(buckets).
 * Values that are no numbers from 0 on are ignored. Completes and errors with the source or `every$`.
 *
 * ```
 * source:     1-2-9-----
 * every$:     -----x----
 * result:     -----l----      l: count 3, p50 2, p99 9
 * ```
 *
 * @example
 * client.messages$.pipe(map(({ timestamp }) => Date.now() - timestamp), latency({ every$: interval(1_000) }));
 */
export const latency = ({ every$, accuracy = 0.01 }: LatencyOptions): OperatorFunction<number, Latency> => {
  if (!(accuracy > 0 && accuracy < 1))
    throw new RangeError(`accuracy should be between 0 and 1, but is ${String(accuracy)}`);
  const factor = (1 + accuracy) / (1 - accuracy);
  const logFactor = Math.log(factor);
  return gathered(every$, () => {
    /** The number of items in each bucket. The key is the power of the factor at the upper end of the bucket. */
    const buckets = new Map<number, number>();
    let [count, none, sum, min, max] = [0, 0, 0, Infinity, 0];

    /** The value below which this fraction of all values lies. */
    const percentile = (part: number, sorted: readonly (readonly [number, number])[]): number => {
      let rank = Math.ceil(part * count) - none;
      if (rank <= 0) return 0;
      for (const [power, items] of sorted) {
        rank -= items;
        // The middle of the bucket, where the relative error is the same in both directions.
        if (rank <= 0) return Math.min(max, Math.max(min, (2 * factor ** power) / (factor + 1)));
      }
      return max;
    };

    return {
      add: (duration) => {
        if (!(duration >= 0)) return;
        count += 1;
        sum += duration;
        min = Math.min(min, duration);
        max = Math.max(max, duration);
        if (duration < SHORTEST) {
          none += 1;
          return;
        }
        const power = Math.ceil(Math.log(Math.min(duration, LONGEST)) / logFactor);
        buckets.set(power, (buckets.get(power) ?? 0) + 1);
      },
      tell: () => {
        if (count === 0) return { count, min: 0, max, mean: 0, p50: 0, p90: 0, p99: 0 };
        const sorted = [...buckets].sort(([a], [b]) => a - b);
        const [p50 = 0, p90 = 0, p99 = 0] = [0.5, 0.9, 0.99].map((part) => percentile(part, sorted));
        return { count, min, max, mean: sum / count, p50, p90, p99 };
      },
    };
  });
};

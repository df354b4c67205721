import { defined } from '../../codecs/defined.js';
import { Subscription, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { Overflow } from './errors.js';
import { requireCount, requireTime } from './limits.js';
import { crossings, teller, type StrategyOptions } from './pressure.js';
import { strategy } from './strategy.js';

/**
 * Makes a source wait. Cold: the source is held during the subscription, at most `maxPause` ms in a row; then it
 * continues for a moment and is held again. Emits true while the source is held, false if it can't be held.
 * `realtime.hold` is such a function.
 */
export type Hold = (maxPause: number) => Observable<boolean>;

export interface LosslessOptions extends StrategyOptions {
  /** The number of waiting items at which the source is held. */
  readonly high: number;
  /** The number of waiting items at which the source continues. Default: a quarter of `high`. */
  readonly low?: number;
  /**
   * How many items may still arrive after the source is held, because they were already read from the socket. If more
   * than `high` + `slack` items wait, it errors with `Overflow`. Default: 4,096, or `high` if that is more.
   */
  readonly slack?: number;
  /**
   * How long the source may be held in a row, ms. During this time, a lost connection is not noticed, and no answer
   * to a command arrives. Default 10,000.
   */
  readonly maxPause?: number;
  /** Makes the source wait: `realtime.hold`. Without it, the source is never held. */
  readonly hold?: Hold;
}

/**
 * Keeps all items, in order. When `high` items wait, the source is held: the socket is not read any more, so that TCP
 * makes the server wait (in Node, and in Chromium with `pausableWebSocket()`). When only `low` items are left, the
 * source continues. If the source can't be held (in other browsers), or not for so long, it errors with `Overflow`
 * when more than `high` + `slack` items wait. Each item costs O(1).
 *
 * While the socket is held, no client of the realtime receives anything, not even answers to commands. A consumer
 * that waits for a command needs another realtime for it. Otherwise as `dropOldest`.
 *
 * @example
 * client.messages$.pipe(lossless({ high: 1_000, hold: realtime.hold }), consume((message) => archive(message)));
 */
export const lossless = <T>(options: LosslessOptions): MonoTypeOperatorFunction<T> => {
  const {
    high,
    low = Math.floor(high / 4),
    slack = Math.max(4_096, high),
    maxPause = 10_000,
    hold,
    pressureObserver,
    now,
  } = options;
  requireCount('high', high);
  if (!(low >= 0 && low < high))
    throw new RangeError(`low should be from 0 on and less than high, ${String(high)}, but is ${String(low)}`);
  if (!(slack >= 0)) throw new RangeError(`slack should be a number of items from 0 on, but is ${String(slack)}`);
  requireTime('maxPause', maxPause);
  return strategy<T>('lossless', {
    ...defined({ now }),
    rulesFor: (waiting) => {
      const { size, fail, subscription } = waiting;
      const tell = teller(waiting, pressureObserver);
      const crossing = crossings(high, low);
      let holding = Subscription.EMPTY;
      let canPause = false;
      subscription.add(() => {
        holding.unsubscribe();
      });
      return {
        trim: () => {
          if (size() > high + slack) fail(new Overflow(high + slack, canPause));
        },
        settled: () => {
          const level = crossing(size());
          if (level === undefined || subscription.closed) return;
          holding.unsubscribe();
          if (level === 'high') {
            canPause = false;
            holding =
              hold?.(maxPause).subscribe({
                next: (paused) => {
                  canPause = paused;
                },
                error: fail,
              }) ?? Subscription.EMPTY;
          }
          tell(level, 0, level === 'high' && canPause);
        },
      };
    },
  });
};

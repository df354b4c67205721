import { Subscription, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { Overflow } from './errors.js';
import { requireCount, requireTime } from './limits.js';
import { crossings, teller, type StrategyOptions } from './pressure.js';
import { strategy } from './strategy.js';

/**
 * Makes a source wait. Cold: it stands still while this is subscribed to, at most `maxPause` ms at a stretch; then it
 * goes on for a moment, and stands still again. Emits whether it does: true, or false where it can't be made to.
 * `realtime.hold` is one.
 */
export type Hold = (maxPause: number) => Observable<boolean>;

export interface LosslessOptions extends StrategyOptions {
  /** With so many items waiting the source is made to wait. */
  readonly high: number;
  /** With so many the source goes on. Default: a quarter of `high`. */
  readonly low?: number;
  /**
   * So many may come after the source was told to wait: what had been read of the socket already. Over `high` and
   * this together it errors with `Overflow`. Default: 4,096, or `high` where that is more.
   */
  readonly slack?: number;
  /**
   * How long the source may stand still at a stretch, ms: while it does, nobody hears that the connection has gone,
   * and no answer to a command arrives. Default 10,000.
   */
  readonly maxPause?: number;
  /** Makes the source wait: `realtime.hold`. Without it nothing does. */
  readonly hold?: Hold;
}

/**
 * Keeps all items, in order. When `high` items wait, the source is held: in Node the socket is not read any more, so
 * that TCP makes
 * the server wait. When only `low` items are left, the source continues. If the source can't be held (in browsers),
 * or not for so long, it errors with `Overflow` when more than `high` + `slack` items wait. Each item costs O(1).
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
    ...(now === undefined ? {} : { now }),
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

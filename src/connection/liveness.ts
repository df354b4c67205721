import { Observable, Subscription } from 'rxjs';
import type { Clock } from '../clock.js';
import type { Heard } from './meter.js';

export interface LivenessOptions {
  /** Time between two checks whether a frame has arrived, ms. */
  readonly interval: number;
  /** How long the answer to a heartbeat may take, ms. */
  readonly patience: number;
  /** How long the answer to a probe may take, ms. */
  readonly probePatience: number;
  /** Asks for a probe: a heartbeat now. */
  readonly probe$: Observable<void>;
  readonly clock: Clock;
  readonly heard: Pick<Heard, 'count'>;
  /** Sends a heartbeat. */
  readonly beat: () => void;
}

/**
 * Cold: watches a connection. Emits once when the server has been silent for too long, then completes. Never errors.
 *
 * It checks every `interval` whether a frame has arrived since the last check. If not, it sends a heartbeat and waits
 * `patience` for any frame. So a dead server is noticed after at most twice the interval plus the patience. A probe
 * sends a heartbeat at once and waits `probePatience`. Until something is heard, further probes change nothing. What
 * was heard before a probe is no answer to it. No times are compared, and what waits to be read is read before the
 * verdict.
 *
 * ```
 * frames:    f--------------
 * interval:  ---------x           (x: heartbeat)
 * patience:           ----S       (S: silent)
 * ```
 */
export const silence = ({
  interval,
  patience,
  probePatience,
  probe$,
  clock,
  heard,
  beat,
}: LivenessOptions): Observable<void> =>
  new Observable<void>((subscriber) => {
    let timer = Subscription.EMPTY;
    let isProbing = false;
    /** The number of frames when the last heartbeat was sent. */
    let heardBefore = 0;
    const wait = (ms: number, then: () => void): void => {
      timer.unsubscribe();
      // Sending a heartbeat may have ended the connection.
      if (!subscriber.closed) timer = clock.after(ms).subscribe(then);
    };
    const ask = (ms: number): void => {
      heardBefore = heard.count();
      const judge = (): void => {
        if (heard.count() !== heardBefore) {
          watch();
          return;
        }
        subscriber.next();
        subscriber.complete();
      };
      beat();
      wait(ms, () => {
        wait(0, judge);
      });
    };
    const watch = (): void => {
      const before = heard.count();
      isProbing = false;
      wait(interval, () => {
        if (heard.count() === before) ask(patience);
        else watch();
      });
    };
    watch();
    subscriber.add(
      probe$.subscribe(() => {
        if (isProbing && heard.count() === heardBefore) return;
        isProbing = true;
        ask(probePatience);
      }),
    );
    return () => timer.unsubscribe();
  });

import { Observable, Subscription } from 'rxjs';
import type { Clock } from '../clock.js';
import type { Heard } from './meter.js';

export interface LivenessOptions {
  /** Time between two checks whether a frame has arrived, ms. */
  readonly interval: number;
  /** How long the answer to a heartbeat may take, ms. */
  readonly patience: number;
  readonly clock: Clock;
  readonly heard: Pick<Heard, 'count'>;
  /** Sends a heartbeat. */
  readonly beat: () => void;
}

/**
 * Cold: watches a connection. Emits once when the server has been silent for too long, then completes. Never errors.
 *
 * It checks every `interval` whether a frame has arrived since the last check. If not, it sends a heartbeat and waits
 * `patience` for any frame. So a dead server is noticed after at most twice the interval plus the patience. No times
 * are compared: a clock that jumps changes nothing, and a timer that a browser has throttled leads to a heartbeat
 * first.
 *
 * ```
 * frames:    f--------------
 * interval:  ---------x           (x: heartbeat)
 * patience:           ----S       (S: silent)
 * ```
 */
export const silence = ({ interval, patience, clock, heard, beat }: LivenessOptions): Observable<void> =>
  new Observable<void>((subscriber) => {
    let timer = Subscription.EMPTY;
    const wait = (ms: number, then: () => void): void => {
      // Sending a heartbeat may have ended the connection.
      if (!subscriber.closed) timer = clock.after(ms).subscribe(then);
    };
    const watch = (): void => {
      const before = heard.count();
      const ifSilent = (then: () => void) => (): void => {
        if (heard.count() === before) then();
        else watch();
      };
      wait(
        interval,
        ifSilent(() => {
          beat();
          wait(
            patience,
            ifSilent(() => {
              subscriber.next();
              subscriber.complete();
            }),
          );
        }),
      );
    };
    watch();
    return () => timer.unsubscribe();
  });

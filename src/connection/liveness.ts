import { Observable, defer, map, repeat, switchMap, take, type Subscriber } from 'rxjs';
import type { Clock } from '../clock.js';
import type { Heard } from './meter.js';

export interface LivenessOptions {
  /** How often is looked whether anything was heard, ms. */
  readonly interval: number;
  /** How long the answer to a heartbeat may take, ms. */
  readonly patience: number;
  readonly clock: Clock;
  readonly heard: Pick<Heard, 'count'>;
  /** Sends a heartbeat. */
  readonly beat: () => void;
}

/**
 * Cold: watches a connection, and emits once when the peer has been silent for too long, then completes.
 *
 * Looks every `interval` whether anything was heard since the last look; if not, sends a heartbeat and gives it `patience`. Any frame counts as an answer. So a dead peer is noticed at the latest
 * after twice the interval and the patience. No times are compared: a clock that jumps changes nothing, and a timer that a browser has throttled leads to a heartbeat first.
 *
 * ```
 * frames:    f--------------
 * interval:  ---------x           (x: heartbeat)
 * patience:           ----S       (S: silent)
 * ```
 */
export const silence = ({ interval, patience, clock, heard, beat }: LivenessOptions): Observable<void> =>
  defer(() => {
    const look = (): Observable<boolean> => {
      const before = heard.count();
      return clock.after(interval).pipe(
        take(1),
        switchMap(() => {
          if (heard.count() !== before) return [false];
          beat();
          return clock.after(patience).pipe(
            take(1),
            map(() => heard.count() === before),
          );
        }),
      );
    };
    return new Observable<void>((subscriber: Subscriber<void>) =>
      defer(look)
        .pipe(repeat())
        .subscribe((silent) => {
          if (!silent) return;
          subscriber.next();
          subscriber.complete();
        }),
    );
  });

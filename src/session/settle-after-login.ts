import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import type { Clock } from '../clock.js';
import type { Barrier } from './barrier.js';
import type { SessionEvent } from './session.js';

/**
 * Holds back what follows the first `Opened` until the turn is over, or the session with it: who awaits a login as a promise can subscribe to the client's streams before anything flows.
 */
export const settleAfterLogin =
  (clock: Clock): MonoTypeOperatorFunction<SessionEvent | Barrier> =>
  (events$) =>
    new Observable<SessionEvent | Barrier>((subscriber) => {
      let held: (SessionEvent | Barrier)[] | undefined;
      const release = (): void => {
        const events = held ?? [];
        held = undefined;
        for (const event of events) subscriber.next(event);
      };
      const hold = (): void => {
        held = [];
        subscriber.add(clock.after(0).subscribe(release));
      };
      subscriber.add(
        events$.subscribe({
          next: (event) => {
            if (held !== undefined) {
              held.push(event);
              if (event._tag === 'Closed') release();
              return;
            }
            if (event._tag === 'Opened' && !event.resumed) hold();
            subscriber.next(event);
          },
          error: (error: unknown) => {
            release();
            subscriber.error(error);
          },
          complete: () => {
            release();
            subscriber.complete();
          },
        }),
      );
    });

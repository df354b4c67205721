import type { Subscription } from 'rxjs';
import type { Clock } from '../clock.js';

/**
 * Holds back events until the current turn of the event loop is over. So code that awaits a login as a promise can
 * subscribe to the client's streams before the first event.
 */
export interface Settling<T> {
  /** Takes an event. Normally this is the handler itself; while events are held back, it collects them. */
  receive: (item: T) => void;
  /** Starts to hold back events, until the turn is over. */
  readonly begin: () => Subscription;
  /** Passes on the events that were held back, in order. */
  readonly end: () => void;
}

export const settling = <T>(clock: Clock, handle: (item: T) => void): Settling<T> => {
  const held: T[] = [];
  const settled: Settling<T> = {
    receive: handle,
    begin: () => {
      settled.receive = (item) => {
        held.push(item);
      };
      return clock.after(0).subscribe(settled.end);
    },
    end: () => {
      // Events that arrive meanwhile are handled after these.
      for (const item of held) handle(item);
      held.length = 0;
      settled.receive = handle;
    },
  };
  return settled;
};

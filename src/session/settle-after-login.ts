import type { Subscription } from 'rxjs';
import type { Clock } from '../clock.js';

/**
 * Holds back what comes until a turn is over: who awaits a login as a promise can subscribe to the client's streams
 * before anything flows.
 */
export interface Settling<T> {
  /** Takes what comes. It is the handler itself, but for the turn in which something is held back. */
  receive: (item: T) => void;
  /** Holds back what comes from now on until the turn is over. */
  readonly begin: () => Subscription;
  /** Hands over what is held back, in its order. */
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
      // What comes while these are handled comes behind them.
      for (const item of held) handle(item);
      held.length = 0;
      settled.receive = handle;
    },
  };
  return settled;
};

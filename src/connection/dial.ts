import { Observable, Subscription } from 'rxjs';
import type { Clock } from '../clock.js';
import type { SocketEvent } from './socket.js';
import type { CloseReason } from './state.js';

export interface DialOptions {
  readonly open: (url: string) => Observable<SocketEvent>;
  /** How long one address may take to open, ms. */
  readonly connectTimeout: number;
  readonly clock: Clock;
  /** Called with the address that has opened. */
  readonly reached: (url: string) => void;
}

/** The addresses, beginning with the one at `index`; those before it follow at the end. */
export const startingAt = (urls: readonly string[], index: number): readonly string[] => {
  const start = index % Math.max(urls.length, 1);
  return [...urls.slice(start), ...urls.slice(0, start)];
};

/**
 * Cold: one attempt. Tries the addresses in order until one opens, then emits what that socket does, and completes
 * with it. If none opens, it emits one `Lost` with the reasons of all addresses; it is refused if all of them were.
 * An address that is given up is hung up before the next one is tried. Never errors.
 */
export const dial = (
  urls: readonly string[],
  { open, connectTimeout, clock, reached }: DialOptions,
): Observable<SocketEvent> =>
  new Observable<SocketEvent>((subscriber) => {
    const failures: string[] = [];
    let refused = 0;
    const lose = (reason: CloseReason): void => {
      const isRefused = refused > 0 && refused === urls.length;
      subscriber.next({ _tag: 'Lost', reason, ...(isRefused ? { isRefused } : {}) });
      subscriber.complete();
    };
    const next = (index: number): void => {
      const url = urls[index];
      if (url === undefined) {
        lose({ code: 1006, reason: failures.join('; ') });
        return;
      }
      let isOpen = false;
      const attempt = new Subscription();
      const fail = (reason: string): void => {
        attempt.unsubscribe();
        failures.push(reason);
        next(index + 1);
      };
      const late = clock
        .after(connectTimeout)
        .subscribe(() => fail(`${url} did not answer within ${connectTimeout} ms`));
      subscriber.add(attempt);
      attempt.add(late);
      attempt.add(
        open(url).subscribe((event) => {
          late.unsubscribe();
          if (event._tag === 'Opened') {
            isOpen = true;
            reached(url);
            subscriber.next(event);
          } else if (isOpen) lose(event.reason);
          else {
            if (event.isRefused) refused += 1;
            fail(event.reason.reason);
          }
        }),
      );
    };
    next(0);
  });

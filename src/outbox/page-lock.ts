/** Locks that all pages of an origin share. The browser releases those of a page with the page. */
import { Observable } from 'rxjs';

/** What is used of the `LockManager` of a browser. */
export interface PageLocks {
  readonly request: (
    name: string,
    options: { readonly signal: AbortSignal },
    hold: () => Promise<void> | undefined,
  ) => Promise<unknown>;
}

/** How long a page that is being closed may keep its locks, ms. A page that keeps one for longer lives. */
export const DYING = 1_000;

/**
 * Cold: a lock of this name. Emits `true` when it is held. Emits `false` before, if a page that lives holds it: a page
 * that is being closed releases its locks one by one, a moment after the next page has begun. Without locks, every page
 * holds it.
 *
 * It is asked for anew every `DYING` ms. A page can take its locks to the back/forward cache. Chromium gives them to
 * who asks then, and not to who has asked before: that request would wait forever.
 */
export const pageLock = (locks: PageLocks | undefined, name: string): Observable<boolean> =>
  new Observable((subscriber) => {
    let asking = new AbortController();
    let answer: boolean | undefined;
    const tell = (isHeld: boolean): void => {
      if (answer === isHeld) return;
      answer = isHeld;
      subscriber.next(isHeld);
    };
    const held = (): void => {
      clearInterval(living);
      tell(true);
    };
    const ask = (): void => {
      asking.abort();
      const { signal } = (asking = new AbortController());
      if (locks === undefined) held();
      else
        locks
          .request(name, { signal }, () => {
            // A request that was given up may be granted at that moment.
            if (answer === true || subscriber.closed) return undefined;
            if (asking.signal !== signal) asking.abort();
            return new Promise((release) => {
              subscriber.add(release);
              held();
            });
          })
          .catch(() => {
            if (!signal.aborted) held();
          });
    };
    const living = setInterval(() => {
      tell(false);
      ask();
    }, DYING);
    subscriber.add(() => {
      clearInterval(living);
      asking.abort();
    });
    ask();
  });

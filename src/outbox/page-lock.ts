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
 */
export const pageLock = (locks: PageLocks | undefined, name: string): Observable<boolean> =>
  new Observable((subscriber) => {
    const abort = new AbortController();
    const living = setTimeout(() => subscriber.next(false), DYING);
    const held = (): void => {
      clearTimeout(living);
      subscriber.next(true);
    };
    subscriber.add(() => {
      clearTimeout(living);
      abort.abort();
    });
    if (locks === undefined) held();
    else
      locks
        .request(name, { signal: abort.signal }, () => {
          if (subscriber.closed) return undefined;
          return new Promise((release) => {
            subscriber.add(release);
            held();
          });
        })
        .catch(held);
  });

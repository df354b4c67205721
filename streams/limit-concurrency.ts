import { Observable } from 'rxjs';

/**
 * Runs at most `limit` jobs at the same time. The others wait and start in the order of their subscriptions. A job
 * that is unsubscribed frees its place.
 *
 * @example
 * const limited = limitConcurrency(4);
 * pages.map((page) => limited(load(page)));
 */
export const limitConcurrency = (limit: number): (<T>(job$: Observable<T>) => Observable<T>) => {
  let running = 0;
  const waiting = new Set<() => void>();

  return <T>(job$: Observable<T>) =>
    new Observable<T>((subscriber) => {
      let started = false;
      const start = (): void => {
        waiting.delete(start);
        started = true;
        running += 1;
        subscriber.add(job$.subscribe(subscriber));
      };
      subscriber.add(() => {
        waiting.delete(start);
        if (!started) return;
        running -= 1;
        const [next] = waiting;
        next?.();
      });
      if (running < limit) start();
      else waiting.add(start);
    });
};

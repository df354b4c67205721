import { EMPTY, Subject, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { concatMapByKey, type Projected } from '../../streams/index.js';
import { marbles } from '../marbles.js';

/** Items are a key and a number; those of `slow` take three frames. */
const keyOf = (item: string): string => item.charAt(0);

describe('concatMapByKey', () => {
  it('emits synchronously if the projection needs no time', () => {
    marbles(({ hot, expectObservable }) => {
      const source$ = hot('  -a-b-a-|');
      const result$ = source$.pipe(concatMapByKey(keyOf, (item): Projected<string> => ({ now: item })));
      expectObservable(result$).toBe('-a-b-a-|');
    });
  });

  it('holds back later items of the same key only, while one takes time', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const source$ = hot('  -1-2-3-4-|', { '1': 'a-slow', '2': 'b', '3': 'a', '4': 'b' });
      const result$ = source$.pipe(
        concatMapByKey(keyOf, (item): Projected<string> =>
          item === 'a-slow' ? { later: cold('----x|', { x: item }) } : { now: item },
        ),
      );
      expectObservable(result$).toBe('---2-134-|', { '1': 'a-slow', '2': 'b', '3': 'a', '4': 'b' });
    });
  });

  it('keeps the order of a key when several of its items take time', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const source$ = hot('  -1-2-3-------|', { '1': 'a1', '2': 'a2', '3': 'a3' });
      const result$ = source$.pipe(
        concatMapByKey(keyOf, (item): Projected<string> => ({ later: cold('---x|', { x: item }) })),
      );
      // Each starts when the one before it has completed.
      expectObservable(result$).toBe('----1---2---3|', { '1': 'a1', '2': 'a2', '3': 'a3' });
    });
  });

  it('emits nothing for items whose projection is nothing or empty', () => {
    marbles(({ hot, expectObservable }) => {
      const source$ = hot('  -a-b-c-|');
      const result$ = source$.pipe(
        concatMapByKey(keyOf, (item): Projected<string> =>
          item === 'a' ? undefined : item === 'b' ? { later: EMPTY } : { now: item },
        ),
      );
      expectObservable(result$).toBe('-----c-|');
    });
  });

  it('handles a long queue of items that are ready at once without growing the stack', () => {
    const gate = new Subject<string>();
    const source = new Subject<string>();
    const seen: string[] = [];
    source
      .pipe(
        concatMapByKey(keyOf, (item): Projected<string> =>
          item === 'a-first' ? { later: gate } : { later: of(item) },
        ),
      )
      .subscribe((item) => seen.push(item));
    source.next('a-first');
    for (let index = 0; index < 20_000; index += 1) source.next(`a${index}`);
    gate.complete();
    expect(seen).toHaveLength(20_000);
    expect(seen.at(-1)).toBe('a19999');
  });

  it('lets items that arrive while the waiting ones are handled join the end', () => {
    const gate = new Subject<string>();
    const source = new Subject<string>();
    const seen: string[] = [];
    source
      .pipe(concatMapByKey(keyOf, (item): Projected<string> => (item === 'a1' ? { later: gate } : { now: item })))
      .subscribe((item) => {
        seen.push(item);
        if (item === 'a2') source.next('a4');
      });
    for (const item of ['a1', 'a2', 'a3']) source.next(item);
    gate.complete();
    expect(seen).toEqual(['a2', 'a3', 'a4']);
  });

  it('completes when the source has completed and nothing waits', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const source$ = hot('  -a|');
      const result$ = source$.pipe(concatMapByKey(keyOf, (): Projected<string> => ({ later: cold('----x|') })));
      expectObservable(result$).toBe('-----x|');
    });
  });

  it('errors with its source or with a projection', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const source$ = hot('-a-#');
      expectObservable(source$.pipe(concatMapByKey(keyOf, (item): Projected<string> => ({ now: item })))).toBe('-a-#');
      expectObservable(source$.pipe(concatMapByKey(keyOf, (): Projected<string> => ({ later: cold('#') })))).toBe('-#');
    });
  });

  it('drops waiting items when it is unsubscribed', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const source$ = hot('  -a-a----');
      const inner$ = cold('---x|');
      const result$ = source$.pipe(concatMapByKey(keyOf, (): Projected<string> => ({ later: inner$ })));
      expectObservable(result$, '--!').toBe('---');
      expectSubscriptions(inner$.subscriptions).toBe('-^!');
    });
  });
});

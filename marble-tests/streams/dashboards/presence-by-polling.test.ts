import { NEVER, filter, finalize, map, of, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { presenceByPolling } from '../../../streams/index.js';
import { marbles } from '../../marbles.js';

const words = (known: ReadonlyMap<string, boolean>): string =>
  [...known].map(([id, online]) => (online ? id.toUpperCase() : id)).join('');
const online = (...ids: readonly string[]): ReadonlySet<string> => new Set(ids);

describe('presenceByPolling', () => {
  it('asks for new clients at once and for all of them repeatedly, and emits only changes', () => {
    const asked: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const answers = [online('a'), online(), online('b'), online('b')];
      const ask = (ids: readonly string[]): Observable<ReadonlySet<string>> => {
        asked.push(ids.join(''));
        return timer(1).pipe(map(() => answers.shift() ?? online()));
      };
      const watched$ = hot('a-------b----', { a: ['a'], b: ['a', 'b', 'a'] });
      const every$ = hot('  ----x------x-');
      expectObservable(watched$.pipe(presenceByPolling({ ask, every$ }), map(words))).toBe('01---2---3---', [
        '',
        'A',
        'a',
        'aB',
      ]);
    });
    expect(asked).toEqual(['a', 'a', 'b', 'ab']);
  });

  it('keeps its knowledge if a question fails, and forgets clients that are not watched any more', () => {
    marbles(({ hot, expectObservable }) => {
      let asked = 0;
      const ask = (): Observable<ReadonlySet<string>> =>
        (asked += 1) === 1 ? of(online('a', 'b')) : throwError(() => new Error('away'));
      const watched$ = hot('-a----b', { a: ['a', 'b'], b: ['b'] });
      expectObservable(watched$.pipe(presenceByPolling({ ask, every$: hot('---x') }), map(words))).toBe('-(01)-2', [
        '',
        'AB',
        'B',
      ]);
    });
  });

  it('does not repeat a question that waits for its answer, and asks for at most one batch at a time', () => {
    const asked: string[] = [];
    marbles(({ hot, cold, expectObservable }) => {
      const ask = (ids: readonly string[]): Observable<ReadonlySet<string>> => {
        asked.push(ids.join(''));
        return cold('---(x|)', { x: online('c') });
      };
      const watched$ = hot('a----------', { a: ['a', 'b', 'c'] });
      expectObservable(
        watched$.pipe(presenceByPolling({ ask, every$: hot('-xx-x------'), batch: 2 }), map(words)),
      ).toBe('0--(12)----', ['', 'ab', 'abC']);
    });
    expect(asked).toEqual(['ab', 'c', 'ab', 'c']);
  });

  it('asks only a few questions at the same time, and all of them in the end', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => String(index));
    marbles(({ hot, cold, expectObservable, flush }) => {
      let [asked, underWay, most] = [0, 0, 0];
      const ask = (some: readonly string[]) => {
        asked += 1;
        underWay += 1;
        most = Math.max(most, underWay);
        return cold('---(x|)', { x: online(...some) }).pipe(
          finalize(() => {
            underWay -= 1;
          }),
        );
      };
      const known$ = hot('a', { a: ids }).pipe(
        presenceByPolling({ ask, every$: NEVER }),
        map((known) => [...known.values()].filter((isOnline) => isOnline).length),
        filter((count) => count === ids.length),
      );
      // 13 times four, or what is left, 3 ms each.
      expectObservable(known$).toBe('39ms x', { x: 1_000 });
      flush();
      expect({ asked, most }).toEqual({ asked: 50, most: 4 });
    });
  });

  it('completes after the source and the notifier, and errors with either', () => {
    marbles(({ cold, expectObservable }) => {
      const ask = () => of(online());
      expectObservable(cold('a--|', { a: [] }).pipe(presenceByPolling({ ask, every$: cold('-|') }), map(words))).toBe(
        '0--|',
        [''],
      );
      expectObservable(cold('a--#', { a: [] }).pipe(presenceByPolling({ ask, every$: NEVER }), map(words))).toBe(
        '0--#',
        [''],
      );
    });
  });

  it('refuses an invalid batch size', () => {
    expect(() => presenceByPolling({ ask: () => of(online()), every$: NEVER, batch: 0 })).toThrow(RangeError);
  });
});

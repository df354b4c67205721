import { map } from 'rxjs';
import { describe, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { marbles } from './marbles.js';

describe('the system clock', () => {
  it('waits longer than the limit of a JavaScript timer', () => {
    marbles(({ expectObservable }) => {
      expectObservable(systemClock.after(5).pipe(map(() => 'x'))).toBe('-----(x|)');
      expectObservable(systemClock.after(100 * 86_400_000).pipe(map(() => 'x'))).toBe(`${100 * 86_400_000}ms (x|)`);
    });
  });
});

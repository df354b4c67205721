import { map } from 'rxjs';
import { describe, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { marbles } from './marbles.js';

describe('the machine’s own time', () => {
  it('waits for longer than a timer of JavaScript can', () => {
    marbles(({ expectObservable }) => {
      expectObservable(systemClock.after(5).pipe(map(() => 'x'))).toBe('-----(x|)');
      expectObservable(systemClock.after(100 * 86_400_000).pipe(map(() => 'x'))).toBe(`${100 * 86_400_000}ms (x|)`);
    });
  });
});

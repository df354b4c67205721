import { map } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/clock.js';
import { marbles } from './marbles.js';

describe('the system clock', () => {
  it('measures durations where there is no `performance`, also when the wall clock is set back', () => {
    let wall = 5_000;
    vi.stubGlobal('performance', undefined);
    const reading = vi.spyOn(Date, 'now').mockImplementation(() => wall);
    const start = systemClock.elapsed();
    wall += 10;
    expect(systemClock.elapsed() - start).toBe(10);
    wall -= 4_000;
    expect(systemClock.elapsed() - start).toBe(10);
    wall += 5;
    expect(systemClock.elapsed() - start).toBe(15);
    reading.mockRestore();
    vi.unstubAllGlobals();
  });

  it('waits longer than the limit of a JavaScript timer', () => {
    marbles(({ expectObservable }) => {
      expectObservable(systemClock.after(5).pipe(map(() => 'x'))).toBe('-----(x|)');
      expectObservable(systemClock.after(100 * 86_400_000).pipe(map(() => 'x'))).toBe(`${100 * 86_400_000}ms (x|)`);
    });
  });
});

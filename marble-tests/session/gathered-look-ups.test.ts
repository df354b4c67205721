import { map, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { gatheredLookUps } from '../../src/session/gathered-look-ups.js';
import { marbles, virtualClock } from '../marbles.js';

/** Look-ups of two ids at a time that take 3 ms, and when was asked for what; `x` can't be looked up. */
const lookUps = () => {
  const asked: string[] = [];
  const lookUp = gatheredLookUps<readonly string[]>({
    lookUp: (ids) => {
      asked.push(`${virtualClock.now()} ${ids.join()}`);
      return timer(3).pipe(
        map(() => {
          if (ids.includes('x')) throw new Error('no');
          return ids;
        }),
      );
    },
    part: (all, ids) => all.filter((id) => ids.includes(id)),
    size: 2,
  });
  const of = (id: string) => lookUp([id]).pipe(map((found) => found.join()));
  return { asked, of };
};

describe('many look-ups', () => {
  it('are one question at a time: what is asked for meanwhile goes into the next', () => {
    const { asked, of } = lookUps();
    marbles(({ expectObservable }) => {
      expectObservable(of('a')).toBe('       ---(a|)');
      expectObservable(of('b'), '-^').toBe(' ------(b|)');
      expectObservable(of('c'), '--^').toBe('------(c|)');
      expectObservable(of('d'), '--^').toBe('---------(d|)');
    });
    expect(asked).toEqual(['0 a', '3 b,c', '6 d']);
  });

  it('fail together where their question does, and the next goes on', () => {
    const { asked, of } = lookUps();
    marbles(({ expectObservable }) => {
      expectObservable(of('x')).toBe('---#', undefined, new Error('no'));
      expectObservable(of('b')).toBe('------(b|)');
    });
    expect(asked).toEqual(['0 x', '3 b']);
  });

  it('are given up where nobody waits any more, and hold up nobody else', () => {
    const { asked, of } = lookUps();
    marbles(({ expectObservable }) => {
      expectObservable(of('a'), '^!').toBe('--');
      expectObservable(of('b'), '^').toBe('----(b|)');
      expectObservable(of('c'), '(^!)').toBe('-');
    });
    expect(asked).toEqual(['0 a', '1 b']);
  });
});

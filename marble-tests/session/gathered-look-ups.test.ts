import { map, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { gatheredLookUps } from '../../src/session/gathered-look-ups.js';
import { marbles, virtualClock } from '../marbles.js';

/** Look-ups of at most two ids that take 3 ms, and the requests with their times. The look-up of `x` fails. */
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
  it('are one request at a time: ids that are asked for meanwhile go into the next request', () => {
    const { asked, of } = lookUps();
    marbles(({ expectObservable }) => {
      expectObservable(of('a')).toBe('       ---(a|)');
      expectObservable(of('b'), '-^').toBe(' ------(b|)');
      expectObservable(of('c'), '--^').toBe('------(c|)');
      expectObservable(of('d'), '--^').toBe('---------(d|)');
    });
    expect(asked).toEqual(['0 a', '3 b,c', '6 d']);
  });

  it('fail together if their request fails; the next request is not affected', () => {
    const { asked, of } = lookUps();
    marbles(({ expectObservable }) => {
      expectObservable(of('x')).toBe('---#', undefined, new Error('no'));
      expectObservable(of('b')).toBe('------(b|)');
    });
    expect(asked).toEqual(['0 x', '3 b']);
  });

  it('are cancelled if nobody waits for them any more, and do not delay others', () => {
    const { asked, of } = lookUps();
    marbles(({ expectObservable }) => {
      expectObservable(of('a'), '^!').toBe('--');
      expectObservable(of('b'), '^').toBe('----(b|)');
      expectObservable(of('c'), '(^!)').toBe('-');
    });
    expect(asked).toEqual(['0 a', '1 b']);
  });
});

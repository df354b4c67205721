import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../src/clock.js';
import { deadlines } from '../src/deadlines.js';
import { marbles, virtualClock } from './marbles.js';

const LIMIT = 10;

/** Time limits whose timers are counted. What ended is listed with its time. */
const start = (limit = LIMIT) => {
  const ended: string[] = [];
  let timers = 0;
  const clock: Clock = {
    ...virtualClock,
    after: (ms) => {
      timers += 1;
      return virtualClock.after(ms);
    },
  };
  const all = deadlines(clock, limit, (key: string) => {
    ended.push(`${key} ${String(virtualClock.elapsed())}`);
  });
  return { all, ended, timers: () => timers };
};

const at = (ms: number, then: () => void): void => {
  virtualClock.after(ms).subscribe(then);
};

describe('deadlines', () => {
  it('end each key after its own time, the first one first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.option(fc.integer({ min: 0, max: 30 }))), {
          maxLength: 20,
        }),
        (keys) => {
          marbles(({ flush }) => {
            const { all, ended } = start();
            keys.forEach(([begin, wait], index) => {
              at(begin, () => {
                all.begin(String(index));
              });
              if (wait !== null)
                at(begin + wait, () => {
                  all.end(String(index));
                });
            });
            flush();
            const expected = keys.flatMap(([begin, wait], index) =>
              wait !== null && wait < LIMIT ? [] : [`${String(index)} ${String(begin + LIMIT)}`],
            );
            // What is ended in the millisecond of its limit may be over or not.
            const isClear = (line: string): boolean => keys[Number(line.split(' ')[0])]?.[1] !== LIMIT;
            expect(ended.filter(isClear).toSorted()).toEqual(expected.filter(isClear).toSorted());
          });
        },
      ),
    );
  });

  it('give a key that begins again while others end its whole time, if the clock stands still or goes back', () => {
    marbles(({ flush }) => {
      let isSetBack = false;
      let ended = 0;
      const clock = { ...virtualClock, elapsed: () => (isSetBack ? -1_000 : 0) };
      const all = deadlines(clock, LIMIT, (key: string) => {
        ended += 1;
        if (ended < 100 && virtualClock.elapsed() === LIMIT) all.begin(key);
      });
      all.begin('a');
      at(5, () => {
        isSetBack = true;
      });
      at(LIMIT, () => {
        expect(ended).toBe(1);
        all.clear();
      });
      flush();
    });
  });

  it('need one timer for any number of keys', () => {
    marbles(({ flush }) => {
      const { all, ended, timers } = start();
      for (let key = 0; key < 1_000; key += 1) all.begin(String(key));
      expect(timers()).toBe(1);
      flush();
      expect([ended.length, timers()]).toEqual([1_000, 1]);
    });
  });

  it('begin again for a key that is begun once more, also when its time is over', () => {
    marbles(({ flush }) => {
      const ended: number[] = [];
      const all = deadlines(virtualClock, LIMIT, (key: string) => {
        ended.push(virtualClock.elapsed());
        if (ended.length < 3) all.begin(key);
      });
      all.begin('a');
      at(4, () => {
        all.begin('a');
      });
      flush();
      expect(ended).toEqual([14, 24, 34]);
    });
  });

  it('never end a key that another one has ended, nor after `clear`, nor without a limit', () => {
    marbles(({ flush }) => {
      const ended: string[] = [];
      const all = deadlines(virtualClock, LIMIT, (key: string) => {
        ended.push(key);
        all.end('b');
      });
      all.begin('a');
      all.begin('b');
      at(11, () => {
        all.begin('c');
        all.clear();
      });
      const { all: unlimited, timers } = start(Infinity);
      unlimited.begin('d');
      flush();
      expect([ended, timers()]).toEqual([['a'], 0]);
    });
  });

  it('end a key by its timer, even if the timer is a little early', () => {
    marbles(({ flush }) => {
      const ended: string[] = [];
      const all = deadlines(
        { after: (ms) => virtualClock.after(ms - 1), elapsed: virtualClock.elapsed },
        LIMIT,
        (key: string) => {
          ended.push(key);
        },
      );
      all.begin('a');
      flush();
      expect(ended).toEqual(['a']);
    });
  });
});

import { describe, expect, it } from 'vitest';
import { createTurns } from '../../server/turns.js';

/** Turns of which each takes a millisecond, and what they have asked the process for. */
const counted = () => {
  let now = 0;
  let asked: (() => void)[] = [];
  const reported: unknown[] = [];
  const { take } = createTurns({
    report: (error) => reported.push(error),
    now: () => now,
    soon: (run) => {
      asked.push(run);
    },
  });
  return {
    take,
    reported,
    pass: (ms: number): void => {
      now += ms;
    },
    asked: (): number => asked.length,
    /** What the process does until it looks again for what comes in. */
    goOn: (): void => {
      const due = asked;
      asked = [];
      for (const run of due) run();
    },
  };
};

describe('turns', () => {
  it('are taken once, however often they are asked for, in the order of asking', () => {
    const { take, goOn } = counted();
    const taken: string[] = [];
    const turns = ['a', 'b', 'c'].map((name) => () => {
      taken.push(name);
    });
    for (const turn of [...turns, ...turns]) take(turn);
    expect(taken).toEqual([]);
    goOn();
    expect(taken).toEqual(['a', 'b', 'c']);
  });

  it('go on after what has come in was looked at, when they have taken five milliseconds, and who asks again comes behind the others', () => {
    const { take, pass, goOn, asked } = counted();
    const taken: number[] = [];
    const turns = Array.from({ length: 8 }, (_, number) => {
      const turn = (): void => {
        pass(1);
        taken.push(number);
        take(turn);
      };
      return turn;
    });
    turns.forEach(take);
    for (let round = 1; round <= 4; round += 1) {
      expect(asked()).toBe(1);
      goOn();
      expect(taken).toHaveLength(round * 6);
    }
    expect(taken).toEqual(Array.from({ length: 24 }, (_, index) => index % 8));
  });

  it('are taken though one throws, which is reported', () => {
    const { take, goOn, reported } = counted();
    const fault = new Error('out of order');
    let isTaken = false;
    take(() => {
      throw fault;
    });
    take(() => {
      isTaken = true;
    });
    goOn();
    expect([isTaken, reported]).toEqual([true, [fault]]);
  });

  it('are asked for anew when none was left', () => {
    const { take, goOn, asked } = counted();
    let count = 0;
    const turn = (): void => {
      count += 1;
    };
    take(turn);
    goOn();
    expect(asked()).toBe(0);
    take(turn);
    goOn();
    expect(count).toBe(2);
  });
});

import { describe, expect, it } from 'vitest';
import { createTurns } from '../../server/turns.js';

/** Turns that take a millisecond each, and the callbacks that they have scheduled. */
const counted = () => {
  let now = 0;
  let asked: (() => void)[] = [];
  const reported: unknown[] = [];
  const { take, takeFirst } = createTurns({
    report: (error) => reported.push(error),
    now: () => now,
    soon: (run) => {
      asked.push(run);
    },
  });
  return {
    take,
    takeFirst,
    reported,
    pass: (ms: number): void => {
      now += ms;
    },
    asked: (): number => asked.length,
    /** Runs what is scheduled, as the process does before it reads its input again. */
    goOn: (): void => {
      const due = asked;
      asked = [];
      for (const run of due) run();
    },
  };
};

describe('turns', () => {
  it('run once, even if they are requested several times, in the order of the requests', () => {
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

  it('pause for input after five milliseconds; a turn that is requested again goes behind the others', () => {
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

  it('that are short come before all others, however many of those wait, and take no time from them', () => {
    const { take, takeFirst, pass, goOn } = counted();
    const taken: string[] = [];
    for (const number of Array(20).keys())
      take(() => {
        pass(1);
        taken.push(`room ${number}`);
      });
    goOn();
    takeFirst(() => taken.push('answer'));
    goOn();
    expect(taken.slice(6)).toEqual(['answer', ...Array.from({ length: 6 }, (_, index) => `room ${index + 6}`)]);
  });

  it('continue if one throws, and the error is reported', () => {
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

  it('are scheduled again after the queue was empty', () => {
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

import type { Report } from './guarded.js';

/** Time as the server sees it. Tests replace it. */
export interface ServerClock {
  /** ms since 1970. */
  now(): number;
  /**
   * A time that never jumps, ms since any moment. By it the server notices that `now` has jumped. A clock for tests
   * moves both. Default: the process's.
   */
  elapsed?(): number;
}

/** A reading that differs by more than this from what it should be is a jump, ms. */
const JUMP = 30 * 60_000;
/** A clock that has jumped ahead is believed when it has stayed there for this time, ms. */
const DOUBTED_FOR = 60_000;

/** The clock has jumped. */
export class ClockJumped extends Error {
  override readonly name = 'ClockJumped';
}

/**
 * A clock for the times of messages and changes, which are compared with each other.
 *
 * - It never goes back. If the given clock is set back, this one goes at half speed until it agrees again.
 * - A jump ahead of more than half an hour is believed after a minute. So a clock that is wrong for a moment does not
 *   date anything in the future. Until then, this clock goes on by itself.
 */
export const steadyClock = (clock: ServerClock, report: Report): ServerClock => {
  const elapsed = (): number => clock.elapsed?.() ?? performance.now();
  let believed: { readonly time: number; readonly at: number } | undefined;
  let doubted: { readonly ahead: number; readonly since: number } | undefined;
  let last = -Infinity;
  let lastAt = -Infinity;

  const tell = (what: string, by: number): void => {
    report(new ClockJumped(`the clock was set ${what} by ${Math.round(Math.abs(by) / 1_000)} s`));
  };

  /** The time of the clock, or what it should be while a jump is in doubt. */
  const timeAt = (at: number): number => {
    const time = clock.now();
    const expected = believed === undefined ? time : believed.time + (at - believed.at);
    const ahead = time - expected;
    if (ahead > JUMP) {
      if (doubted === undefined) tell('ahead, which is believed if it stays so for a minute,', ahead);
      if (doubted === undefined || Math.abs(ahead - doubted.ahead) > JUMP) doubted = { ahead, since: at };
      if (at - doubted.since < DOUBTED_FOR) return expected;
    } else if (ahead < -JUMP) tell('back', ahead);
    doubted = undefined;
    believed = { time, at };
    return time;
  };

  return {
    now: () => {
      const at = elapsed();
      const time = Math.floor(timeAt(at));
      if (time >= last) [last, lastAt] = [time, at];
      else {
        const behind = Math.floor(last + Math.max(0, at - lastAt) / 2);
        if (behind > last) [last, lastAt] = [behind, at];
      }
      return last;
    },
  };
};

/** Gives times that always increase. */
export const stamps = (clock: ServerClock): (() => number) => {
  let last = 0;
  return () => (last = Math.max(clock.now(), last + 1));
};

/** Many clients lose one server at the same moment: the machine of each, in virtual time. */
import { describe, expect, it } from 'vitest';
import { exponential } from '../../src/connection/backoff.js';
import { spreadOf } from '../../src/connection/close-codes.js';
import { initial, transition, type Input, type Machine } from '../../src/connection/machine.js';
import { closeReason } from '../../server/returns.js';

const CLIENTS = 2_000;
const PER_SECOND = 500;
/** When the server closes all sockets, ms. */
const RESTART = 60_000;

/** Park and Miller: random numbers that are the same in each run. */
const randomNumbers = (): (() => number) => {
  let seed = 1;
  return () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
};

interface Return {
  /** When clients tried to come back, and when they did, ms after the close. */
  readonly tried: readonly number[];
  readonly back: readonly number[];
}

/** The server closes all sockets with this reason, and refuses new ones for so many ms. */
const restart = (reason: string, outage: number): Return => {
  const step = transition({ backoff: exponential(), minUptime: 10_000 });
  const random = randomNumbers();
  const spread = spreadOf(reason);
  const [tried, back]: [number[], number[]] = [[], []];
  /** The clients that dial, by the time at which they do. */
  const due = new Map<number, Machine[]>();
  let last = RESTART;

  const give = (machine: Machine, input: Input, elapsed: number): Machine => {
    const after = step(machine, input, { now: elapsed, elapsed, random });
    for (const effect of after.effects) {
      if (effect._tag !== 'Wait') continue;
      const at = elapsed + effect.delay;
      due.set(at, [...(due.get(at) ?? []), after.machine]);
      last = Math.max(last, at);
    }
    return after.machine;
  };

  const connected = give(give(initial, { _tag: 'Open' }, 0), { _tag: 'Opened', epoch: 1 }, 0);
  const lost = { code: 1001, reason, ...(spread === undefined ? {} : { spread }) };
  for (let client = 0; client < CLIENTS; client += 1)
    give(connected, { _tag: 'Lost', epoch: 1, reason: lost }, RESTART);
  for (let now = RESTART; now <= last; now += 1) {
    // A wait of 0 ms adds to the list while it is read.
    for (const machine of due.get(now) ?? []) {
      tried.push(now - RESTART);
      const dialling = give(machine, { _tag: 'Due' }, now);
      const { epoch } = dialling;
      if (now - RESTART >= outage) back.push(now - RESTART);
      else give(dialling, { _tag: 'Lost', epoch, reason: { code: 1006, reason: 'refused' } }, now + 1);
    }
  }
  return { tried, back };
};

/** The highest number of times that lie within one second. */
const mostPerSecond = (times: readonly number[]): number => {
  let first = 0;
  return times.reduce((most, time, index) => {
    while ((times[first] ?? time) <= time - 1_000) first += 1;
    return Math.max(most, index - first + 1);
  }, 0);
};

describe('clients of a server that restarts', () => {
  const reason = closeReason('the server is going away', CLIENTS, PER_SECOND);

  it.each([0, 300, 3_000, 30_000])('come back at the rate that it wants, if it is away for %i ms', (outage) => {
    const { tried, back } = restart(reason, outage);
    expect(back).toHaveLength(CLIENTS);
    // The rate is one of a random process, so a single second may have somewhat more.
    expect(mostPerSecond(back)).toBeLessThan(1.5 * PER_SECOND);
    expect(mostPerSecond(tried)).toBeLessThan(1.6 * PER_SECOND);
  });

  it('are all back when the time is over', () => {
    expect(Math.max(...restart(reason, 0).back)).toBeLessThanOrEqual((CLIENTS * 1_000) / PER_SECOND);
    expect(Math.max(...restart(closeReason('', 5, PER_SECOND), 0).back)).toBeLessThanOrEqual(10);
  });

  it('are spread over a second if it names no time', () => {
    const { back } = restart('', 0);
    expect(mostPerSecond(back)).toBe(CLIENTS);
    for (const tenth of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const share = back.filter((time) => Math.floor(time / 100) === tenth).length / CLIENTS;
      expect(share).toBeGreaterThan(0.07);
      expect(share).toBeLessThan(0.13);
    }
  });
});

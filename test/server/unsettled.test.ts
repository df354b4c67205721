/** Changes whose outcome is not known: when the store is asked, and how often. */
import { expect, it } from 'vitest';
import { serialByKey } from '../../server/serial.js';
import { TookTooLong } from '../../server/time-limit.js';
import { createUnsettled } from '../../server/unsettled.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const failing = (): Promise<never> => Promise.reject(new Error('failed'));

const there = () => {
  const reports: string[] = [];
  const timers: { readonly ms: number; readonly run: () => void }[] = [];
  const unsettled = createUnsettled({
    inOrder: serialByKey(),
    report: (error) => reports.push(String(error)),
    later: (ms, run) => {
      const entry = { ms, run };
      timers.push(entry);
      return () => timers.splice(timers.indexOf(entry), 1);
    },
  });
  return {
    ...unsettled,
    reports,
    timers,
    /** Runs the timer that is next. */
    fire: async () => {
      timers.shift()?.run();
      await turn();
    },
  };
};

it('the store is asked before the next job, which is refused while the store can not say', async () => {
  const { attempt, inOrder } = there();
  const asked: string[] = [];
  const answers: boolean[] = [];
  const settle = (): Promise<boolean> => {
    asked.push('settle');
    const [answer] = answers;
    return answer === undefined ? failing() : Promise.resolve(answer);
  };
  await expect(attempt('a', failing, { settle })).rejects.toThrow('failed');
  const job = (): Promise<unknown> => Promise.resolve(asked.push('job'));
  await expect(inOrder('a', job)).rejects.toThrow('failed');
  await inOrder('b', job);
  answers.push(true);
  await inOrder('a', job);
  await inOrder('a', job);
  expect(asked).toEqual(['settle', 'job', 'settle', 'job', 'job']);
});

it('the store is asked by itself, after longer and longer waits, and at last no more, which is reported', async () => {
  const { attempt, timers, fire, reports, inOrder } = there();
  let tries = 0;
  const settle = (): Promise<boolean> => {
    tries += 1;
    return failing();
  };
  await attempt('a', failing, { settle }).catch(() => undefined);
  const waits: number[] = [];
  while (timers.length > 0) {
    waits.push(timers[0]?.ms ?? 0);
    await fire();
  }
  expect(waits.slice(0, 5)).toEqual([0, 100, 200, 400, 800]);
  expect(Math.max(...waits)).toBe(30_000);
  expect(tries).toBe(waits.length);
  expect(reports).toEqual([expect.stringContaining('nobody was told')]);
  await expect(inOrder('a', () => Promise.resolve('goes on'))).resolves.toBe('goes on');
});

it('a call that took too long is asked about once, and again when it has ended', async () => {
  const { attempt, inOrder, fire } = there();
  let end: (() => void) | undefined;
  const late = new Promise<void>((resolve) => (end = resolve));
  const answers = [false, true, true];
  let tries = 0;
  const settle = (): Promise<boolean> => Promise.resolve(answers[(tries += 1) - 1] ?? false);
  await attempt('a', () => Promise.reject(new TookTooLong('store.append', 5, late)), { settle }).catch(() => undefined);
  for (let n = 0; n < 3; n += 1) await inOrder('a', () => Promise.resolve());
  expect(tries).toBe(1);
  end?.();
  await turn();
  await fire();
  expect(tries).toBe(2);
  await inOrder('a', () => Promise.resolve());
  expect(tries).toBe(2);
});

it('who repeats a command is not told of it', async () => {
  const { attempt, repeat, inOrder } = there();
  const told: (string | undefined)[] = [];
  const settle = (except: string | undefined): Promise<boolean> => {
    told.push(except);
    return Promise.resolve(true);
  };
  await attempt('a', failing, { settle, id: 'token', except: 'one' }).catch(() => undefined);
  repeat('a', 'another', 'three');
  repeat('a', 'token', 'two');
  await inOrder('a', () => Promise.resolve());
  expect(told).toEqual(['two']);
});

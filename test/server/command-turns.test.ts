import { expect, it } from 'vitest';
import { createCommandTurns } from '../../server/command-turns.js';

it('commands of many sockets share the loop: those that come when a slice is over wait, in order', async () => {
  const time = { now: 0 };
  let scheduled: (() => void) | undefined;
  const turns = createCommandTurns({
    now: () => time.now,
    soon: (run) => {
      scheduled = run;
    },
  });
  const iteration = async (): Promise<void> => {
    const run = scheduled;
    scheduled = undefined;
    run?.();
    await Promise.resolve();
  };
  const begun: string[] = [];
  const arrive = (name: string, cost: number, isNext = false): void => {
    const begin = (): void => {
      begun.push(name);
      time.now += cost;
    };
    const turn = turns.take(isNext);
    if (turn === undefined) begin();
    else void turn.then(begin);
  };
  for (const name of ['a', 'b', 'c', 'd']) arrive(name, 8);
  expect(begun).toEqual(['a', 'b']);
  await iteration();
  await iteration();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  await iteration();
  expect(scheduled).toBeUndefined();
  arrive('again', 1, true);
  expect(begun).not.toContain('again');
  await iteration();
  expect(begun.at(-1)).toBe('again');
});

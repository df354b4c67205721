/** Calls of hooks that are only informed: their order, their number, and what happens if they fail. */
import { describe, expect, it } from 'vitest';
import { createTimeLimit } from '../../server/time-limit.js';
import { createToldHooks, HookUnreachable, type ToldOptions } from '../../server/told-hooks.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const there = (options: Partial<ToldOptions> = {}) => {
  const reports: string[] = [];
  const timers: { readonly ms: number; readonly run: () => void }[] = [];
  const log: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const hooks = createToldHooks({
    report: (error) => reports.push(String(error)),
    inTime: createTimeLimit(60_000),
    limit: 100,
    concurrency: 10,
    later: (ms, run) => timers.push({ ms, run }),
    ...options,
  });
  return {
    hooks,
    reports,
    log,
    timers,
    /** Tells a hook, whose call ends when the test says so. */
    tell: (key: string, name: string) => {
      hooks.tell(key, name, () => {
        log.push(name);
        return new Promise<void>((resolve, reject) =>
          ends.set(name, (error) => {
            if (error === undefined) resolve();
            else reject(error);
          }),
        );
      });
    },
    end: async (name: string, error?: Error) => {
      ends.get(name)?.(error);
      await turn();
    },
  };
};

const gone = new HookUnreachable('gone');

describe('hooks that are told', () => {
  it('are called in their order for one key, and side by side for others', async () => {
    const { tell, log, end } = there();
    tell('a', 'a1');
    tell('a', 'a2');
    tell('b', 'b1');
    await turn();
    expect(log).toEqual(['a1', 'b1']);
    await end('a1');
    expect(log).toEqual(['a1', 'b1', 'a2']);
  });

  it('run at most so many at a time', async () => {
    const { tell, log, end } = there({ concurrency: 2 });
    for (const key of ['a', 'b', 'c']) tell(key, key);
    await turn();
    expect(log).toEqual(['a', 'b']);
    await end('b');
    expect(log).toEqual(['a', 'b', 'c']);
  });

  it('are dropped beyond the bound, which is counted, and reported once', async () => {
    const { hooks, tell, reports, end } = there({ limit: 2 });
    for (const name of ['1', '2', '3', '4']) tell('a', name);
    await turn();
    expect(hooks.figures()).toEqual({ waiting: 2, dropped: 2, failed: 0 });
    expect(reports).toEqual([expect.stringContaining('2 calls wait')]);
    await end('1');
    await end('2');
    tell('a', '5');
    expect(hooks.figures()).toMatchObject({ waiting: 1, dropped: 2 });
  });

  it('are tried again if the failure may pass; others with their key wait, and free the place for other keys', async () => {
    const { hooks, tell, reports, log, timers, end } = there({ concurrency: 1 });
    tell('a', 'a1');
    tell('a', 'a2');
    tell('b', 'b1');
    await turn();
    await end('a1', gone);
    expect(log).toEqual(['a1', 'b1']);
    expect(timers.map(({ ms }) => ms)).toEqual([500]);
    await end('b1');
    timers[0]?.run();
    await turn();
    await end('a1');
    expect(log).toEqual(['a1', 'b1', 'a1', 'a2']);
    expect(hooks.figures()).toMatchObject({ failed: 0 });
    expect(reports).toHaveLength(1);
  });

  it('are given up after four tries, and the next one has its turn', async () => {
    const { hooks, tell, log, timers, reports, end } = there();
    tell('a', 'a1');
    tell('a', 'a2');
    await turn();
    for (let n = 0; n < 4; n += 1) {
      await end('a1', gone);
      timers[n]?.run();
      await turn();
    }
    expect(log).toEqual(['a1', 'a1', 'a1', 'a1', 'a2']);
    expect(timers.map(({ ms }) => ms)).toEqual([500, 2_000, 8_000]);
    expect(hooks.figures()).toMatchObject({ failed: 1, waiting: 1 });
    expect(reports).toHaveLength(2);
  });

  it('are not tried again if they throw', async () => {
    const { hooks, tell, timers, reports, end } = there();
    tell('a', 'a1');
    await turn();
    await end('a1', new Error('a bug'));
    expect(timers).toEqual([]);
    expect(reports).toEqual(['Error: a bug']);
    expect(hooks.figures()).toEqual({ waiting: 0, dropped: 0, failed: 1 });
  });

  it('end when the server closes: what waits is called once more, without further tries', async () => {
    const { hooks, tell, log, end } = there();
    tell('a', 'a1');
    tell('a', 'a2');
    await turn();
    await end('a1', gone);
    const drained = hooks.drain();
    await turn();
    await end('a1', gone);
    await end('a2');
    await drained;
    expect(log).toEqual(['a1', 'a1', 'a2']);
  });
});

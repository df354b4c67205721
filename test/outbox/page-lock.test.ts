/** Locks of pages, over a `LockManager` that grants a lock to one page after the other. */
import type { Subscription } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DYING, pageLock, type PageLocks } from '../../src/outbox/page-lock.js';

/** As in browsers: one after the other has the lock; a request that is aborted is rejected. */
const lockManager = (): PageLocks => {
  const tails = new Map<string, Promise<unknown>>();
  return {
    request: (name, { signal }, hold) => {
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new DOMException('aborted', 'AbortError'));
        });
      });
      let isHeld = false;
      const before = tails.get(name) ?? Promise.resolve();
      const work = before.then(() => {
        if (signal.aborted) return undefined;
        isHeld = true;
        return hold();
      });
      tails.set(name, work);
      return Promise.race([work, aborted.catch((error: unknown) => (isHeld ? work : Promise.reject(error as Error)))]);
    },
  };
};

const asking = (locks: PageLocks | undefined, name: string): [answers: boolean[], claim: Subscription] => {
  const answers: boolean[] = [];
  return [answers, pageLock(locks, name).subscribe((isMine) => answers.push(isMine))];
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a lock of a page', () => {
  it('is held at once if no page has it, and by one page at a time', async () => {
    const locks = lockManager();
    const [first, held] = asking(locks, 'a');
    const [second] = asking(locks, 'a');
    const [other] = asking(locks, 'b');
    await vi.advanceTimersByTimeAsync(1);
    expect([first, second, other]).toEqual([[true], [], [true]]);
    held.unsubscribe();
    await vi.advanceTimersByTimeAsync(2 * DYING);
    expect([first, second]).toEqual([[true], [true]]);
  });

  it('is not refused while the page that has it may be dying; later it is, and held when that page is gone', async () => {
    const locks = lockManager();
    const [, held] = asking(locks, 'a');
    const [second] = asking(locks, 'a');
    await vi.advanceTimersByTimeAsync(DYING - 1);
    expect(second).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(second).toEqual([false]);
    held.unsubscribe();
    await vi.advanceTimersByTimeAsync(1);
    expect(second).toEqual([false, true]);
  });

  it('is not waited for any more when it is given up, and nothing is left of that', async () => {
    const locks = lockManager();
    const [, held] = asking(locks, 'a');
    const [second, waiting] = asking(locks, 'a');
    const [third] = asking(locks, 'a');
    waiting.unsubscribe();
    await vi.advanceTimersByTimeAsync(2 * DYING);
    held.unsubscribe();
    await vi.advanceTimersByTimeAsync(1);
    expect([second, third]).toEqual([[], [false, true]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is asked for again while another page has it: a browser may forget who waits for a page that it has put away', async () => {
    let isAway = false;
    const waiting: (() => unknown)[] = [];
    /** Answers requests that come when the holder is away, and forgets those of before. */
    const forgetful: PageLocks = {
      request: (_, { signal }, hold) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new DOMException('aborted', 'AbortError'));
          });
          if (isAway) void hold();
          else waiting.push(hold);
        }),
    };
    const [answers, claim] = asking(forgetful, 'a');
    await vi.advanceTimersByTimeAsync(3 * DYING);
    isAway = true;
    expect(answers).toEqual([false]);
    await vi.advanceTimersByTimeAsync(DYING);
    expect(answers).toEqual([false, true]);
    // A request that was given up may be granted after all: it gives the lock back.
    expect(waiting.map((hold) => hold())).toEqual([undefined, undefined, undefined, undefined]);
    claim.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is held by every page where there are no locks, or where they are refused', async () => {
    const refusing: PageLocks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
    const [none] = asking(undefined, 'a');
    const [refused] = asking(refusing, 'a');
    await vi.advanceTimersByTimeAsync(2 * DYING);
    expect([none, refused]).toEqual([[true], [true]]);
  });
});
